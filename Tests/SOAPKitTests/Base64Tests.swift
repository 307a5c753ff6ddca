import NIOCore
import Testing

@testable import SOAPKit

@Suite struct Base64Tests {
    private func decode(_ text: String, pieces: Int = .max) throws -> ByteBuffer {
        var decoder = Base64Decoder()
        var output = ByteBuffer()
        let bytes = Array(text.utf8)
        var position = 0
        while position < bytes.count {
            let end = min(bytes.count, position + min(pieces, bytes.count))
            try bytes[position..<end].withUnsafeBytes { text throws in try decoder.decode(text, into: &output) }
            position = end
        }
        try decoder.finish(into: &output)
        return output
    }

    @Test("RFC 4648, 10: the test vectors, with white space anywhere, in pieces of any size")
    func decodes() throws {
        let vectors = [
            "": "", "f": "Zg==", "fo": "Zm8=", "foo": "Zm9v", "foob": "Zm9vYg==", "fooba": "Zm9vYmE=",
            "foobar": "Zm9vYmFy",
        ]
        for (plain, text) in vectors {
            #expect(String(buffer: try decode(text)) == plain)
            let spaced = text.map { "\($0)\r\n\t " }.joined()
            for size in 1...5 { #expect(String(buffer: try decode(spaced, pieces: size)) == plain) }
            var encoder = Base64Encoder()
            var encoded = encoder.encode(ByteBuffer(string: plain))
            encoded.writeImmutableBuffer(encoder.finish())
            #expect(String(buffer: encoded) == text)
            #expect(Base64Encoder.encodedCount(plain.utf8.count) == text.utf8.count)
        }
    }

    @Test(
        "what is not base64 is refused",
        arguments: [
            "Z", "Zg", "Zg=", "Zm8", "Zg===", "=", "====", "Zg==Zg==", "Zm9v=", "Zm-v", "Zm9v!", "Zg=a", "Zé==",
        ])
    func refuses(text: String) {
        #expect(throws: Base64Decoder.Malformed.self) { try decode(text) }
        #expect(throws: Base64Decoder.Malformed.self) { try decode(text, pieces: 1) }
    }

    @Test("every byte and every length survives, encoded in uneven pieces", arguments: 0..<12)
    func roundTrips(length: Int) throws {
        let bytes = (0..<length * 97).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        var encoder = Base64Encoder()
        var text = ByteBuffer()
        var rest = ByteBuffer(bytes: bytes)
        var size = 1
        while let piece = rest.readSlice(length: min(size, rest.readableBytes)), piece.readableBytes > 0 {
            text.writeImmutableBuffer(encoder.encode(piece))
            size = size % 7 + 1
        }
        text.writeImmutableBuffer(encoder.finish())
        #expect(text.readableBytes == Base64Encoder.encodedCount(bytes.count))
        #expect(Array(try decode(String(buffer: text)).readableBytesView) == bytes)
    }
}
