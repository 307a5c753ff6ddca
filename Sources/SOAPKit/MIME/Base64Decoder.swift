import NIOCore

/// Decodes base64 while it arrives. White space is skipped wherever it is.
///
/// Characters outside the alphabet, padding in the wrong place and a missing last character are errors. Bits that are
/// left over in the last character are ignored, as most decoders do.
/// - Source: RFC 4648, section 4; XML Schema part 2, section 3.2.16
struct Base64Decoder: Sendable {
    /// The text is not base64.
    struct Malformed: Error, Sendable, Hashable {}

    private var bits: UInt32 = 0
    private var count = 0
    private var padding = 0

    private static let skip: UInt8 = 0xFE
    private static let pad: UInt8 = 0xFD
    private static let bad: UInt8 = 0xFF

    private static let values: [UInt8] = {
        var table = [UInt8](repeating: bad, count: 256)
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        for (value, character) in alphabet.utf8.enumerated() { table[Int(character)] = UInt8(value) }
        for space in [0x20, 0x09, 0x0A, 0x0D] { table[space] = skip }
        table[Int(UInt8(ascii: "="))] = pad
        return table
    }()

    /// Decodes the next characters and appends what they give.
    mutating func decode(_ text: UnsafeRawBufferPointer, into output: inout ByteBuffer) throws(Malformed) {
        var state = self
        let capacity = text.count / 4 * 3 + 3
        var isLegal = true
        output.writeWithUnsafeMutableBytes(minimumWritableBytes: capacity) { target in
            Self.values.withUnsafeBufferPointer { table in
                var written = 0
                for byte in text {
                    let value = table[Int(byte)]
                    if value < 64 {
                        guard state.padding == 0 else {
                            isLegal = false
                            break
                        }
                        state.bits = state.bits << 6 | UInt32(value)
                        state.count += 1
                        if state.count == 4 {
                            target[written] = UInt8(truncatingIfNeeded: state.bits >> 16)
                            target[written + 1] = UInt8(truncatingIfNeeded: state.bits >> 8)
                            target[written + 2] = UInt8(truncatingIfNeeded: state.bits)
                            written += 3
                            state.count = 0
                            state.bits = 0
                        }
                    } else if value == Self.pad {
                        state.padding += 1
                        guard state.count >= 2, state.count + state.padding <= 4 else {
                            isLegal = false
                            break
                        }
                    } else if value != Self.skip {
                        isLegal = false
                        break
                    }
                }
                return written
            }
        }
        guard isLegal else { throw Malformed() }
        self = state
    }

    /// Ends the text and appends the bytes of the last, padded group.
    mutating func finish(into output: inout ByteBuffer) throws(Malformed) {
        switch (count, padding) {
        case (0, 0):
            break
        case (2, 2):
            output.writeInteger(UInt8(truncatingIfNeeded: bits >> 4))
        case (3, 1):
            output.writeInteger(UInt8(truncatingIfNeeded: bits >> 10))
            output.writeInteger(UInt8(truncatingIfNeeded: bits >> 2))
        default:
            throw Malformed()
        }
        self = Base64Decoder()
    }
}
