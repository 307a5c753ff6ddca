import NIOCore

/// Undoes the `Content-Transfer-Encoding` of a part while it streams.
/// - Source: RFC 2045, section 6
enum TransferDecoder: Sendable {
    /// `7bit`, `8bit` or `binary`: the bytes are as they are.
    case identity
    /// `base64`.
    case base64(Base64Decoder)

    /// The decoder for a field value; absent means `7bit`. `nil` for `quoted-printable`, which suits no document and is
    /// refused, and for anything unknown.
    init?(_ field: String?) {
        switch field?.lowercased() {
        case nil, "", "7bit", "8bit", "binary": self = .identity
        case "base64": self = .base64(Base64Decoder())
        default: return nil
        }
    }

    /// The decoded form of the next bytes.
    mutating func decode(_ bytes: ByteBuffer) throws(Base64Decoder.Malformed) -> ByteBuffer {
        guard case .base64(var decoder) = self else { return bytes }
        var output = ByteBuffer()
        let result = bytes.withUnsafeReadableBytes { text in
            Result { () throws(Base64Decoder.Malformed) in try decoder.decode(text, into: &output) }
        }
        try result.get()
        self = .base64(decoder)
        return output
    }

    /// What is left to give when the part ends.
    mutating func finish() throws(Base64Decoder.Malformed) -> ByteBuffer {
        var output = ByteBuffer()
        guard case .base64(var decoder) = self else { return output }
        try decoder.finish(into: &output)
        self = .base64(decoder)
        return output
    }
}
