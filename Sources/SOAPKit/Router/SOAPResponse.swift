public import NIOCore

/// What goes back over HTTP. There is always one, whatever happened. A class, because it is handed on and looked into often.
public final class SOAPResponse: Sendable {
    /// The HTTP status.
    public let status: Int
    /// How the request ended.
    public let outcome: SOAPOutcome
    /// The message itself.
    public let message: SOAPOutgoingMessage
    /// Makes the answer anew, from ``SOAPReply/renewal``; `nil` where there is no need to.
    public let renewal: (@Sendable () async -> SOAPResponse)?

    init(
        status: Int, outcome: SOAPOutcome, message: SOAPOutgoingMessage,
        renewal: (@Sendable () async -> SOAPResponse)? = nil
    ) {
        self.status = status
        self.outcome = outcome
        self.message = message
        self.renewal = renewal
    }

    /// The value of `Content-Type`.
    public var contentType: String { message.contentType }
    /// The value of `Content-Length`; always known.
    public var byteCount: Int? { message.byteCount }
    /// The action of the operation, `nil` when the request did not get as far as a known one.
    public var action: String? { outcome.action }

    /// The fault, if the answer is one.
    public var fault: SOAPFault? {
        if case .fault(let fault) = outcome.result { return fault }
        return nil
    }

    /// The buffers before the first piece that must be streamed; the whole answer when nothing must.
    public var head: [ByteBuffer] { message.head }

    /// Writes the body, in order, with back-pressure.
    public func write(_ sink: OutgoingAttachment.Writer) async throws {
        try await message.write(sink)
    }
}
