import NIOCore
public import XMLKit

extension XMLElement {
    private static let pieceBytes = 192 << 10

    /// Decodes the base64 text of the element into a receiver, piece by piece, without a string of it.
    ///
    /// The receiver is neither finished nor abandoned here.
    /// - Parameter limit: the most bytes taken, decoded.
    /// - Returns: the number of bytes.
    /// - Throws: a Sender ``SOAPFault`` naming the line when the text is not base64, or is too large (HTTP 413);
    ///   otherwise what the receiver throws.
    @discardableResult
    public func decodeBase64<Receiver: AttachmentReceiver>(
        into receiver: inout Receiver, limit: Int = .max
    ) async throws -> Int {
        if let child = children.first(where: { _ in true }) {
            throw SOAPFault.sender("Base64 content has an element inside (line \(child.line)).")
        }
        var decoder = Base64Decoder()
        var total = 0
        for piece in textPieces(maximumBytes: Self.pieceBytes) {
            let bytes = try decoded(piece, with: &decoder)
            total += bytes.readableBytes
            guard total <= limit else {
                throw SOAPFault.tooLarge("Inline content is larger than \(limit) bytes (line \(line)).")
            }
            if bytes.readableBytes > 0 { try await receiver.receive(bytes) }
        }
        var last = ByteBuffer()
        do {
            try decoder.finish(into: &last)
        } catch {
            throw malformedBase64
        }
        if last.readableBytes > 0 { try await receiver.receive(last) }
        return total + last.readableBytes
    }

    private var malformedBase64: SOAPFault {
        .sender("The content of the element that begins on line \(line) is not base64.")
    }

    private func decoded(_ piece: ArraySlice<UInt8>, with decoder: inout Base64Decoder) throws(SOAPFault) -> ByteBuffer
    {
        var output = ByteBuffer()
        let result = piece.withUnsafeBytes { text in
            Result { () throws(Base64Decoder.Malformed) in try decoder.decode(text, into: &output) }
        }
        guard case .success = result else { throw malformedBase64 }
        return output
    }
}
