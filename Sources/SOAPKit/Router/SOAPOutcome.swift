/// How a request ended, for logs, metrics and the audit trail.
public struct SOAPOutcome: Sendable {
    /// The way it ended.
    public enum Result: Sendable {
        /// An operation answered; with the business outcome it reported, if any.
        case reply(outcome: String?)
        /// The answer is a fault.
        case fault(SOAPFault)
        /// The peer went away while the request was read; nobody reads the answer.
        case disconnected
    }

    /// The way it ended.
    public var result: Result
    /// The action of the operation, `nil` when the request did not get as far as a known one.
    public var action: String?
    /// How the request travelled, `nil` when its content type was refused.
    public var packaging: SOAPPackaging?
    /// The message id of the request, if it could be read.
    public var messageID: String?
    /// The address in `wsa:ReplyTo` of the request, if it could be read.
    public var replyTo: String?
    /// Bytes of the request body that were read.
    public var bytesRead: Int
    /// Whether the request body was read to its end. If not, the connection is to be closed or drained.
    public var isBodyConsumed: Bool
    /// Why the request was turned away, with HTTP 503 or 429, because the envelopes in work left no room for its own; nil
    /// when it was not. Its operation is not known then.
    public var shortage: SOAPEnvelopeBudget.Shortage?
    /// The error behind a fault or a disconnection, for the log only.
    public var cause: (any Error)?
}
