public import XMLKit

/// Who sent an HL7 v3 message to whom, and under which id: what its acknowledgement gives back.
///
/// - Source: ITI TF-2: Appendix O (HL7 v3 transmission wrapper). What is missing reads as empty.
public struct HL7V3MessageHead: Hashable, Sendable {
    /// An instance identifier.
    public struct Identifier: Hashable, Sendable {
        /// `@root`.
        public let root: String
        /// `@extension`.
        public let `extension`: String?

        /// Makes an identifier.
        public init(root: String, extension: String? = nil) {
            self.root = root
            self.extension = `extension`
        }

        /// Both parts, for a log or the history of a patient id.
        public var text: String { `extension`.map { root.isEmpty ? $0 : "\(root)^\($0)" } ?? root }
    }

    /// How the sender wants to be answered: only receipt, or what became of the request.
    public enum AcknowledgementLevel: Hashable, Sendable {
        /// `acceptAckCode` AL or ER: typeCode is CA or CE.
        case accept
        /// `acceptAckCode` NE: typeCode is AA or AE.
        case application
    }

    /// `id` of the message.
    public let id: Identifier
    /// `processingCode`: P, T or D.
    public let processingCode: String
    /// `processingModeCode`.
    public let processingModeCode: String
    /// How it is to be acknowledged.
    public let acknowledgementLevel: AcknowledgementLevel
    /// `sender/device/id`.
    public let sender: [Identifier]
    /// `receiver/device/id`.
    public let receiver: [Identifier]

    /// Reads the head of a message; nothing is an error.
    public init(of message: XMLElement) {
        id = message.first(.hl7("id")).map(Self.identifier) ?? Identifier(root: "")
        processingCode = message.first(.hl7("processingCode"))?.attribute("code") ?? "P"
        processingModeCode = message.first(.hl7("processingModeCode"))?.attribute("code") ?? "T"
        let code = message.first(.hl7("acceptAckCode"))?.attribute("code")
        acknowledgementLevel = code == "NE" ? .application : .accept
        sender = Self.devices("sender", of: message)
        receiver = Self.devices("receiver", of: message)
    }

    private static func devices(_ name: String, of message: XMLElement) -> [Identifier] {
        message.all(.hl7(name)).flatMap { party in
            party.first(.hl7("device")).map { $0.all(.hl7("id")).map(identifier) } ?? []
        }
    }

    private static func identifier(_ element: XMLElement) -> Identifier {
        Identifier(root: element.attribute("root") ?? "", extension: element.attribute("extension"))
    }
}
