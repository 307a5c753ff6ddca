/// Identifiers of the messages we send.
enum MessageID {
    /// A new `urn:uuid:` with a random (version 4) UUID.
    static func random() -> String {
        "urn:uuid:\(uuid())"
    }

    /// A random (version 4) UUID in its usual form, lower case.
    static func uuid() -> String {
        let random = RandomWords.pair()
        let high = random.0 & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
        let low = random.1 & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        let digits = Array("0123456789abcdef".utf8)
        return String(unsafeUninitializedCapacity: 36) { target in
            var position = 0
            for nibble in 0..<32 {
                if nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20 {
                    target[position] = UInt8(ascii: "-")
                    position += 1
                }
                let word = nibble < 16 ? high : low
                target[position] = digits[Int(word >> UInt64(60 - 4 * (nibble % 16)) & 15)]
                position += 1
            }
            return position
        }
    }
}
