public import NIOCore

/// Bytes that leave with a message: as a MIME part, or as base64 inside the envelope when the packaging has no parts.
public struct OutgoingAttachment: Sendable {
    /// Takes one chunk; waits while the peer is slow.
    public typealias Writer = (ByteBuffer) async throws -> Void

    /// The Content-ID, without angle brackets; unique in the message.
    public let contentID: String
    /// The value of the part's `Content-Type`.
    public let mediaType: String
    /// The number of bytes that ``chunks`` gives.
    public let byteCount: Int
    /// Writes the bytes, in order, `byteCount` of them.
    public let chunks: @Sendable (_ write: Writer) async throws -> Void

    /// Makes an attachment.
    public init(
        contentID: String, mediaType: String, byteCount: Int,
        chunks: @escaping @Sendable (_ write: Writer) async throws -> Void
    ) {
        self.contentID = contentID
        self.mediaType = mediaType
        self.byteCount = byteCount
        self.chunks = chunks
    }

    /// Makes an attachment of bytes in memory.
    public init(contentID: String, mediaType: String, bytes: ByteBuffer) {
        self.init(contentID: contentID, mediaType: mediaType, byteCount: bytes.readableBytes) { write in
            try await write(bytes)
        }
    }

    /// The attachment gave more or fewer bytes than it announced; the message cannot be completed.
    public struct WrongLength: Error, Sendable, Hashable {
        /// What was announced.
        public let announced: Int
        /// What came, up to the first byte too many.
        public let written: Int
    }

    /// Writes the bytes and checks their number.
    func write(_ sink: Writer) async throws {
        var written = 0
        try await chunks { chunk in
            written += chunk.readableBytes
            guard written <= byteCount else { throw WrongLength(announced: byteCount, written: written) }
            try await sink(chunk)
        }
        guard written == byteCount else { throw WrongLength(announced: byteCount, written: written) }
    }

    /// Writes the bytes as base64.
    func writeBase64(_ sink: Writer) async throws {
        var encoder = Base64Encoder()
        try await write { chunk in
            let text = encoder.encode(chunk)
            if text.readableBytes > 0 { try await sink(text) }
        }
        let last = encoder.finish()
        if last.readableBytes > 0 { try await sink(last) }
    }
}
