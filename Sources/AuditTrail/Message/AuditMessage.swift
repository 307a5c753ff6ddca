public import FoundationEssentials

/// An audit message.
///
/// - Source: DICOM PS3.15 A.5; ITI TF-2: 3.20. Properties are in the order of the elements.
public struct AuditMessage: Sendable, Hashable {
    /// `EventIdentification`.
    public struct EventIdentification: Sendable, Hashable {
        /// EventActionCode.
        public var action: AuditEvent.Action
        /// EventDateTime; written in UTC.
        public var dateTime: Date
        /// EventOutcomeIndicator.
        public var outcome: AuditEvent.Outcome
        /// EventID.
        public var eventID: CodedElement
        /// EventTypeCode, any number.
        public var typeCodes: [CodedElement] = []
        /// EventOutcomeDescription.
        public var outcomeDescription: String?
        /// PurposeOfUse, any number.
        public var purposesOfUse: [CodedElement] = []
    }

    /// `ActiveParticipant`.
    public struct ActiveParticipant: Sendable, Hashable {
        /// UserID.
        public var userID: String
        /// AlternativeUserID: the process id on the side that writes.
        public var alternativeUserID: String?
        /// UserName.
        public var userName: String?
        /// UserIsRequestor.
        public var isRequestor: Bool
        /// NetworkAccessPointID and NetworkAccessPointTypeCode.
        public var accessPoint: NetworkAccessPoint?
        /// RoleIDCode, any number.
        public var roles: [CodedElement] = []
    }

    /// `AuditSourceIdentification`.
    public struct AuditSource: Sendable, Hashable {
        /// AuditSourceID.
        public var id: String
        /// AuditEnterpriseSiteID.
        public var enterpriseSiteID: String?
    }

    /// `ParticipantObjectIdentification`.
    public struct ParticipantObject: Sendable, Hashable {
        /// ParticipantObjectTypeCode: 1 person, 2 system, 3 organisation, 4 other.
        public var typeCode: Int
        /// ParticipantObjectTypeCodeRole: 1 patient, 3 report, 13 security resource, 20 job, 24 query.
        public var role: Int
        /// ParticipantObjectDataLifeCycle: 14 logical deletion, 15 permanent erasure.
        public var lifeCycle: Int?
        /// ParticipantObjectIDTypeCode.
        public var idType: CodedElement
        /// ParticipantObjectID.
        public var id: String
        /// ParticipantObjectName; not together with a query.
        public var name: String?
        /// ParticipantObjectQuery, before base64.
        public var query: [UInt8]?
        /// ParticipantObjectDetail, values before base64.
        public var details: [AuditObject.Detail] = []
    }

    /// What happened, when and how it ended.
    public var event: EventIdentification
    /// Who took part, one at least.
    public var participants: [ActiveParticipant]
    /// Who tells.
    public var source: AuditSource
    /// What was touched.
    public var objects: [ParticipantObject]
}

/// Where a participant was on the network.
public struct NetworkAccessPoint: Sendable, Hashable {
    /// A host name or an address.
    public let id: String
    /// 1 DNS name, 2 IP address.
    public let typeCode: Int

    /// Of `host`, `host:port`, `[address]:port` or a URL; `nil` if there is no host in it.
    public init?(_ text: String) {
        var rest = Substring(text)
        if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...].prefix { $0 != "/" } }
        if rest.first == "[" {
            rest = rest.dropFirst().prefix { $0 != "]" }
        } else if rest.count(where: { $0 == ":" }) == 1 {
            rest = rest.prefix { $0 != ":" }
        }
        guard !rest.isEmpty, !rest.contains(where: \.isWhitespace) else { return nil }
        id = String(rest)
        let isAddress = rest.contains(":") || rest.allSatisfy { $0.isASCII && ($0.isNumber || $0 == ".") }
        typeCode = isAddress ? 2 : 1
    }
}
