public import NIOCore

/// A finished message, ready to be written: its content type, its length, and its bytes in pieces.
public struct SOAPOutgoingMessage: Sendable {
    /// A piece of the message.
    enum Segment: Sendable {
        case bytes(ByteBuffer)
        case binary(OutgoingAttachment)
        case base64(OutgoingAttachment)

        var byteCount: Int {
            switch self {
            case .bytes(let buffer): buffer.readableBytes
            case .binary(let attachment): attachment.byteCount
            case .base64(let attachment): Base64Encoder.encodedCount(attachment.byteCount)
            }
        }
    }

    /// The value of the `Content-Type` header field.
    public let contentType: String

    /// Bytes of the whole message: the `Content-Length`.
    public let byteCount: Int

    let segments: [Segment]

    init(contentType: String, segments: [Segment]) {
        self.contentType = contentType
        self.segments = segments
        byteCount = segments.reduce(0) { $0 + $1.byteCount }
    }

    /// The content type of an envelope that travels alone.
    static let simpleContentType = "application/soap+xml; charset=UTF-8"

    /// The whole message as buffers when all of it is in memory; `nil` when something must be streamed.
    public var buffers: [ByteBuffer]? {
        let head = self.head
        return head.count == segments.count ? head : nil
    }

    /// The buffers before the first piece that must be streamed.
    public var head: [ByteBuffer] {
        var buffers: [ByteBuffer] = []
        buffers.reserveCapacity(segments.count)
        for segment in segments {
            guard case .bytes(let buffer) = segment else { break }
            buffers.append(buffer)
        }
        return buffers
    }

    /// Writes the message, in order. Waits whenever the sink does.
    /// - Throws: what the sink or an attachment throws; then the message is incomplete and the connection must close.
    public func write(_ sink: OutgoingAttachment.Writer) async throws {
        for segment in segments {
            switch segment {
            case .bytes(let buffer): try await sink(buffer)
            case .binary(let attachment): try await attachment.write(sink)
            case .base64(let attachment): try await attachment.writeBase64(sink)
            }
        }
    }
}
