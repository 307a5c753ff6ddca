import Foundation

/// A participant object besides patient, submission set and query.
public struct AuditObject: Sendable, Hashable, Codable {
    /// What it is.
    public enum Kind: String, Sendable, Hashable, Codable {
        /// A document, by DocumentEntry.uniqueId.
        case document
        /// A document that is removed.
        case removedDocument
        /// A registry object that is removed, by entryUUID.
        case removedObject
        /// A patient besides the one the event is about, by CX.
        case patient
        /// A peer on the network, by address.
        case peer
        /// An organisation, by identifier.
        case organisation
        /// The audit trail itself.
        case auditTrail
    }

    /// `ParticipantObjectDetail`: a type and its value, which is base64 on the wire only.
    public struct Detail: Sendable, Hashable, Codable {
        /// `@type`.
        public let type: String
        /// `@value` before base64.
        public let value: String

        /// A detail.
        public init(_ type: String, _ value: String) {
            self.type = type
            self.value = value
        }
    }

    /// What it is.
    public let kind: Kind
    /// ParticipantObjectID.
    public let id: String
    /// ParticipantObjectDataLifeCycle, where it differs from that of the kind.
    public let lifeCycle: Int?
    /// Details in their order.
    public let details: [Detail]

    /// An object.
    public init(_ kind: Kind, id: String, lifeCycle: Int? = nil, details: [Detail] = []) {
        self.kind = kind
        self.id = id
        self.lifeCycle = lifeCycle
        self.details = details
    }

    /// A document in its repository.
    /// - Parameter further: details besides its repository and its community.
    public static func document(
        _ uniqueID: String, repositoryUniqueID: String, homeCommunityID: String? = nil, kind: Kind = .document,
        further: [Detail] = []
    ) -> AuditObject {
        var details = [Detail("Repository Unique ID", repositoryUniqueID)]
        if let homeCommunityID { details.append(Detail("ihe:homeCommunityID", homeCommunityID)) }
        return AuditObject(kind, id: uniqueID, details: details + further)
    }

    /// Says of a document that it is there and was hidden from who asked for it.
    public static let withheld = Detail("Withheld", "by the patient's consent or the limits of the organisation")

    /// The text of the column `objects`; `nil` for none.
    static func stored(_ objects: [AuditObject]) throws -> String? {
        guard !objects.isEmpty else { return nil }
        return String(decoding: try JSONEncoder().encode(objects), as: UTF8.self)
    }

    /// Reads the column `objects`. One that is damaged becomes an object that says so: the rest of its event, and the events after
    /// it, are not hidden by it.
    static func read(_ text: String?) -> [AuditObject] {
        guard let text else { return [] }
        if let objects = try? JSONDecoder().decode([AuditObject].self, from: Data(text.utf8)) { return objects }
        let words = "the objects of this event cannot be read; the column has \(text.utf8.count) bytes"
        return [AuditObject(.auditTrail, id: "urn:audit-objects:unreadable", details: [.init("Unreadable", words)])]
    }

    /// As the AuditMessage has it.
    var participant: AuditMessage.ParticipantObject {
        let (typeCode, role, idType) = coordinates
        let cycle = lifeCycle ?? (kind == .removedDocument || kind == .removedObject ? 15 : nil)
        return AuditMessage.ParticipantObject(
            typeCode: typeCode, role: role, lifeCycle: cycle, idType: idType, id: id,
            name: kind == .auditTrail ? "Security Audit Log" : nil, details: details)
    }

    private var coordinates: (Int, Int, CodedElement) {
        switch kind {
        case .document, .removedDocument: (2, 3, .reportNumber)
        case .removedObject: (2, 3, .objectReference)
        case .patient: (1, 1, .patientNumber)
        case .peer: (2, 13, .uri)
        case .organisation: (3, 13, .own("organisation", "Organisation"))
        case .auditTrail: (2, 13, .uri)
        }
    }
}
