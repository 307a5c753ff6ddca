public import XDSMetadata

/// A document of a sample submission: its bytes and what is computed over them.
public struct SampleDocument: Hashable, Sendable {
    /// The id of its DocumentEntry.
    public var id: String
    /// Content-ID of its MIME part, without angle brackets.
    public var contentID: String
    /// Content type of its MIME part.
    public var mimeType: String
    /// The bytes.
    public var bytes: [UInt8]

    /// Makes a document.
    public init(id: String, contentID: String, mimeType: String = "application/pdf", bytes: [UInt8]) {
        self.id = id
        self.contentID = contentID
        self.mimeType = mimeType
        self.bytes = bytes
    }

    /// SHA-1 and size of the bytes.
    public var digest: DocumentDigest? {
        SHA1Digest(bytes: SampleSHA1.digest(of: bytes)).map { DocumentDigest(hash: $0, size: Int64(bytes.count)) }
    }
}

/// SHA-1 over a few bytes, so that samples need no library.
enum SampleSHA1 {
    static func digest(of message: [UInt8]) -> [UInt8] {
        var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
        var padded = message + [0x80]
        while padded.count % 64 != 56 { padded.append(0) }
        padded += bigEndianBytes(UInt64(message.count) * 8)
        for start in stride(from: 0, to: padded.count, by: 64) { process(padded[start..<start + 64], &state) }
        return state.flatMap(bigEndianBytes)
    }

    private static func process(_ block: ArraySlice<UInt8>, _ state: inout [UInt32]) {
        var words = stride(from: block.startIndex, to: block.endIndex, by: 4).map { index in
            block[index..<index + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        }
        for index in 16..<80 {
            words.append(rotated(words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16], 1))
        }
        var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
        for index in 0..<80 {
            let (mix, constant): (UInt32, UInt32) =
                switch index {
                case 0..<20: ((b & c) | (~b & d), 0x5A82_7999)
                case 20..<40: (b ^ c ^ d, 0x6ED9_EBA1)
                case 40..<60: ((b & c) | (b & d) | (c & d), 0x8F1B_BCDC)
                default: (b ^ c ^ d, 0xCA62_C1D6)
                }
            let next = rotated(a, 5) &+ mix &+ e &+ constant &+ words[index]
            (a, b, c, d, e) = (next, a, rotated(b, 30), c, d)
        }
        for (index, value) in [a, b, c, d, e].enumerated() { state[index] &+= value }
    }

    private static func rotated(_ value: UInt32, _ count: UInt32) -> UInt32 {
        value << count | value >> (32 - count)
    }

    private static func bigEndianBytes<Word: FixedWidthInteger>(_ word: Word) -> [UInt8] {
        withUnsafeBytes(of: word.bigEndian) { Array($0) }
    }
}
