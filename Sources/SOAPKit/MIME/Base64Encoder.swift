import NIOCore

/// Encodes bytes as base64 while they pass. No line breaks: the canonical form of XML Schema.
struct Base64Encoder: Sendable {
    private var rest: [UInt8] = []

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The length of the encoded form of a number of bytes.
    static func encodedCount(_ byteCount: Int) -> Int { (byteCount + 2) / 3 * 4 }

    /// The characters of the next bytes; up to two bytes are kept for the next call.
    mutating func encode(_ bytes: ByteBuffer) -> ByteBuffer {
        var input = ByteBuffer(bytes: rest)
        input.writeImmutableBuffer(bytes)
        let whole = input.readableBytes / 3 * 3
        var output = ByteBuffer()
        input.withUnsafeReadableBytes { Self.encode(UnsafeRawBufferPointer(rebasing: $0[..<whole]), into: &output) }
        input.moveReaderIndex(forwardBy: whole)
        rest = Array(input.readableBytesView)
        return output
    }

    /// The characters of the bytes kept, padded.
    mutating func finish() -> ByteBuffer {
        var output = ByteBuffer()
        guard !rest.isEmpty else { return output }
        let isPair = rest.count == 2
        let bits = UInt32(rest[0]) << 16 | (isPair ? UInt32(rest[1]) << 8 : 0)
        output.writeInteger(Self.alphabet[Int(bits >> 18)])
        output.writeInteger(Self.alphabet[Int(bits >> 12 & 63)])
        output.writeInteger(isPair ? Self.alphabet[Int(bits >> 6 & 63)] : UInt8(ascii: "="))
        output.writeInteger(UInt8(ascii: "="))
        rest = []
        return output
    }

    private static func encode(_ bytes: UnsafeRawBufferPointer, into output: inout ByteBuffer) {
        output.writeWithUnsafeMutableBytes(minimumWritableBytes: bytes.count / 3 * 4) { target in
            alphabet.withUnsafeBufferPointer { table in
                var written = 0
                var position = 0
                while position < bytes.count {
                    let bits =
                        UInt32(bytes[position]) << 16 | UInt32(bytes[position + 1]) << 8 | UInt32(bytes[position + 2])
                    target[written] = table[Int(bits >> 18)]
                    target[written + 1] = table[Int(bits >> 12 & 63)]
                    target[written + 2] = table[Int(bits >> 6 & 63)]
                    target[written + 3] = table[Int(bits & 63)]
                    position += 3
                    written += 4
                }
                return written
            }
        }
    }
}
