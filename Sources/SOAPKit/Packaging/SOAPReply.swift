public import NIOCore

/// What an operation answers: the element inside the body, and what travels with it.
public struct SOAPReply: Sendable {
    /// A piece of the payload, in order.
    public enum Piece: Sendable {
        /// Finished XML. The whole payload is one element, which may rely on no prefix but its own.
        case xml(ByteBuffer)
        /// The content of the element that is open at this place: an `xop:Include` and a part in an MTOM answer, base64
        /// in a simple one.
        case content(OutgoingAttachment)
    }

    /// The payload.
    public var pieces: [Piece]

    /// Attachments that the payload refers to with `xop:Include` elements of its own. Only possible in MTOM packaging.
    public var attachments: [OutgoingAttachment]

    /// The outcome in the words of the business (`Success`, `Failure`), for metrics. No effect on the answer.
    public var outcome: String?

    /// Makes the reply anew: for one that was made for an earlier request, and may turn out before it is sent not to be right
    /// any more. `nil` for a reply that was made for this request.
    public var renewal: (@Sendable () async throws -> SOAPReply)?

    /// Makes a reply of finished XML.
    /// - Parameters:
    ///   - body: the payload element in one or more buffers; they are sent as they are, without copying.
    ///   - attachments: what the payload refers to with `xop:Include`.
    ///   - outcome: the outcome for metrics.
    public init(body: [ByteBuffer], attachments: [OutgoingAttachment] = [], outcome: String? = nil) {
        self.pieces = body.map { .xml($0) }
        self.attachments = attachments
        self.outcome = outcome
    }

    /// Makes a reply with content in it that is packaged as the answer needs it.
    public init(pieces: [Piece], outcome: String? = nil) {
        self.pieces = pieces
        self.attachments = []
        self.outcome = outcome
    }

    /// The finished XML of the payload, without the content pieces.
    public var body: [ByteBuffer] {
        pieces.compactMap { piece in
            if case .xml(let buffer) = piece { return buffer }
            return nil
        }
    }
}
