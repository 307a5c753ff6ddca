public import XMLKit

/// One transaction an endpoint offers.
public struct SOAPOperation<Context: Sendable, Attachment: Sendable>: Sendable {
    /// The `wsa:Action` of the request.
    public let action: String
    /// The `wsa:Action` of the answer.
    public let replyAction: String
    /// The packaging the transaction prescribes. A request in the other one is accepted too, and every request is
    /// answered the way it came.
    public let packaging: SOAPPackaging
    /// The element the body must have.
    public let bodyElement: QualifiedName
    /// Does the work. A ``SOAPFault`` thrown is the answer; any other error goes through the router's mapping.
    public let handle: @Sendable (SOAPRequest<Attachment>, Context) async throws -> SOAPReply
    /// Whether this caller may ask; called as soon as the envelope is known, before attachments are taken in.
    public let admit: @Sendable (Context) throws(SOAPFault) -> Void

    /// Makes an operation; everybody is admitted unless `admit` throws.
    public init(
        action: String, replyAction: String, packaging: SOAPPackaging, bodyElement: QualifiedName,
        handle: @escaping @Sendable (SOAPRequest<Attachment>, Context) async throws -> SOAPReply,
        admit: @escaping @Sendable (Context) throws(SOAPFault) -> Void = { _ in }
    ) {
        self.action = action
        self.replyAction = replyAction
        self.packaging = packaging
        self.bodyElement = bodyElement
        self.handle = handle
        self.admit = admit
    }
}
