public import XMLKit

/// The message addressing properties of a request.
///
/// Of these only `wsa:Action` must be there. A missing `wsa:MessageID` is tolerated; the answer then relates to nothing.
/// Answers go out on the HTTP response whatever `wsa:ReplyTo` says: an address that is not anonymous is read and shown,
/// but not called.
/// - Source: ITI TF-2: Appendix V.3.2.2; WS-Addressing 1.0 Core, section 3
public struct WSAddressing: Sendable, Hashable {
    /// `wsa:Action`, which names the transaction.
    public var action: String
    /// `wsa:MessageID`.
    public var messageID: String?
    /// `wsa:To`.
    public var to: String?
    /// The address in `wsa:ReplyTo`.
    public var replyTo: String?
    /// The address in `wsa:FaultTo`.
    public var faultTo: String?
    /// The address in `wsa:From`.
    public var from: String?
    /// Every `wsa:RelatesTo`, in order.
    public var relatesTo: [String]

    /// Makes addressing properties.
    public init(
        action: String, messageID: String? = nil, to: String? = nil, replyTo: String? = nil, faultTo: String? = nil,
        from: String? = nil, relatesTo: [String] = []
    ) {
        self.action = action
        self.messageID = messageID
        self.to = to
        self.replyTo = replyTo
        self.faultTo = faultTo
        self.from = from
        self.relatesTo = relatesTo
    }

    /// The address that stands for "the HTTP response".
    public static let anonymous = "http://www.w3.org/2005/08/addressing/anonymous"

    /// The address that stands for "no answer wanted".
    public static let none = "http://www.w3.org/2005/08/addressing/none"

    /// A name in the addressing namespace.
    public static func name(_ localName: String) -> QualifiedName {
        QualifiedName(SOAPNamespace.addressing, localName)
    }
}
