public import FoundationEssentials
public import NIOCore
import XMLKit

/// `MCCI_IN000002UV01`: the answer of the patient identity feed.
///
/// - Source: ITI TF-2: 3.44.4; HL7 v3 MCCI_IN000002UV01. typeCode is CA or CE; AA or AE for a sender that asks for no
///   accept acknowledgement.
public struct HL7V3Acknowledgement: Hashable, Sendable {
    /// The interaction, which is also the name of its element.
    public static let interaction = "MCCI_IN000002UV01"
    private static let interactions = "2.16.840.1.113883.1.6"

    /// One `acknowledgementDetail`.
    public struct Detail: Hashable, Sendable {
        /// Whether the message was refused for it.
        public enum Kind: String, Sendable {
            /// `E`.
            case error = "E"
            /// `W`.
            case warning = "W"
        }

        /// `@typeCode`.
        public let kind: Kind
        /// `text`: one sentence.
        public let text: String
        /// `location`: the element it is about, as a path in the message.
        public let location: String?

        /// Makes a detail.
        public init(_ kind: Kind, _ text: String, location: String? = nil) {
            self.kind = kind
            self.text = text
            self.location = location
        }
    }

    private let request: HL7V3MessageHead
    private let details: [Detail]
    private let time: DTM
    private let id: UUID

    /// Makes the answer to a message.
    /// - Parameters:
    ///   - details: what is wrong; refused if there is an error among them.
    ///   - time: creationTime.
    ///   - id: id of the answer.
    public init(answering request: HL7V3MessageHead, details: [Detail], at time: DTM, id: UUID = .random()) {
        self.request = request
        self.details = details
        self.time = time
        self.id = id
    }

    /// Whether the message is refused.
    public var isRefusal: Bool { details.contains { $0.kind == .error } }

    /// `acknowledgement/typeCode`.
    public var typeCode: String {
        switch request.acknowledgementLevel {
        case .accept: isRefusal ? "CE" : "CA"
        case .application: isRefusal ? "AE" : "AA"
        }
    }

    /// The element with its namespace declaration, without an XML declaration.
    public func encoded() -> ByteBuffer {
        var writer = XMLWriter()
        writer.element(Self.interaction, ("xmlns", XDSNamespace.hl7), ("ITSVersion", "XML_1.0")) { writer in
            writer.empty("id", ("root", id.uuidString.lowercased()))
            writer.empty("creationTime", ("value", time.text))
            writer.empty("interactionId", ("root", Self.interactions), ("extension", Self.interaction))
            writer.empty("processingCode", ("code", request.processingCode))
            writer.empty("processingModeCode", ("code", request.processingModeCode))
            writer.empty("acceptAckCode", ("code", "NE"))
            Self.write(request.sender, as: "receiver", typeCode: "RCV", to: &writer)
            Self.write(request.receiver, as: "sender", typeCode: "SND", to: &writer)
            writer.element("acknowledgement") { writer in
                writer.empty("typeCode", ("code", typeCode))
                writer.element("targetMessage") { Self.write(request.id, to: &$0) }
                for detail in details { Self.write(detail, to: &writer) }
            }
        }
        return writer.buffer
    }

    private static func write(
        _ devices: [HL7V3MessageHead.Identifier], as name: String, typeCode: String, to writer: inout XMLWriter
    ) {
        writer.element(name, ("typeCode", typeCode)) { writer in
            writer.element("device", ("classCode", "DEV"), ("determinerCode", "INSTANCE")) { writer in
                if devices.isEmpty { writer.empty("id", ("nullFlavor", "NI")) }
                for device in devices { write(device, to: &writer) }
            }
        }
    }

    private static func write(_ id: HL7V3MessageHead.Identifier, to writer: inout XMLWriter) {
        guard !id.root.isEmpty else { return writer.empty("id", ("nullFlavor", "NI"), ("extension", id.extension)) }
        writer.empty("id", ("root", id.root), ("extension", id.extension))
    }

    private static func write(_ detail: Detail, to writer: inout XMLWriter) {
        writer.element("acknowledgementDetail", ("typeCode", detail.kind.rawValue)) { writer in
            writer.element("text", text: detail.text)
            writer.element("location", text: detail.location)
        }
    }
}
