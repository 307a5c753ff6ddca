public import FoundationEssentials

/// One event of the audit trail: the facts, from which the AuditMessage is rendered when it is needed.
///
/// An event is about one patient at most; a transaction about several is recorded as several events (ITI TF-2: 3.20).
public struct AuditEvent: Sendable, Hashable {
    /// EventActionCode.
    public enum Action: String, Sendable, Hashable {
        case create = "C"
        case read = "R"
        case update = "U"
        case delete = "D"
        case execute = "E"
    }

    /// EventOutcomeIndicator.
    public enum Outcome: Int16, Sendable, Hashable {
        case success = 0
        /// Done, with warnings.
        case minorFailure = 4
        /// Not done, or not all of it.
        case seriousFailure = 8
        case majorFailure = 12
    }

    /// A human requestor.
    public struct Person: Sendable, Hashable {
        /// Identity, as `alias<user@issuer>` for an assertion, the login name for a command.
        public var id: String
        /// Name, as people know it.
        public var name: String?
        /// Role, a code with its system.
        public var role: String?
        /// Purpose of use, a code with its system.
        public var purposeOfUse: String?

        /// A person.
        public init(id: String, name: String? = nil, role: String? = nil, purposeOfUse: String? = nil) {
            self.id = id
            self.name = name
            self.role = role
            self.purposeOfUse = purposeOfUse
        }
    }

    /// What was asked.
    public struct Query: Sendable, Hashable {
        /// `AdhocQuery/@id`.
        public var id: String
        /// The AdhocQueryRequest element.
        public var content: [UInt8]
        /// Objects shown; `nil` if the query failed.
        public var results: Int32?
        /// Objects found that the organisation may not see; never told in an answer.
        public var hidden: Int32?

        /// A query.
        public init(id: String, content: [UInt8], results: Int32? = nil, hidden: Int32? = nil) {
            self.id = id
            self.content = content
            self.results = results
            self.hidden = hidden
        }
    }

    /// On which grounds access was decided: what NEN 7513 asks beyond the DICOM message. `nil`: was not looked at.
    public struct Grounds: Sendable, Hashable {
        /// Authorisation protocol: by which rules the requestor was allowed or refused.
        public var authorisation: String?
        /// Treatment-relation protocol.
        public var treatmentRelation: String?
        /// Consent profile.
        public var consent: String?
        /// Checks done.
        public var checks: String?

        /// Grounds.
        public init(
            authorisation: String? = nil, treatmentRelation: String? = nil, consent: String? = nil,
            checks: String? = nil
        ) {
            self.authorisation = authorisation
            self.treatmentRelation = treatmentRelation
            self.consent = consent
            self.checks = checks
        }
    }

    /// What kind of event.
    public var kind: AuditEventKind
    /// EventActionCode.
    public var action: Action
    /// When it happened, UTC, to the microsecond.
    public var time: Date
    /// How it ended.
    public var outcome: Outcome
    /// EventOutcomeDescription.
    public var outcomeDescription: String?
    /// The id of the request in the log and in faults.
    public var requestID: String?
    /// Identifier of the organisation on whose behalf.
    public var organisation: String?
    /// Subject of the certificate that organisation used.
    public var peer: String?
    /// Host and port it came from.
    public var address: String?
    /// URI of the endpoint it came to; `facility|application` of the receiver for HL7 version 2.
    public var endpoint: String?
    /// `wsa:ReplyTo`; `facility|application` of the sender for HL7 version 2.
    public var replyTo: String?
    /// The human requestor, if known.
    public var person: Person?
    /// CX of the patient.
    public var patient: String?
    /// SubmissionSet.uniqueId.
    public var submissionSet: String?
    /// What was asked.
    public var query: Query?
    /// Documents, removed objects and whatever else was touched.
    public var objects: [AuditObject]
    /// On which grounds access was decided.
    public var grounds: Grounds

    /// How many objects the organisation may not see, of those that it looked for or asked for; `nil` where nobody
    /// counted, and nothing was withheld. Never told in an answer.
    public var hidden: Int32? {
        if let hidden = query?.hidden { return hidden }
        let withheld = objects.count { $0.details.contains(AuditObject.withheld) }
        return withheld > 0 ? Int32(clamping: withheld) : nil
    }

    /// An event of this kind, about nothing yet.
    public init(_ kind: AuditEventKind, at time: Date = Date(), outcome: Outcome = .success) {
        self.kind = kind
        action = kind.action
        self.time = AuditTime.storable(time)
        self.outcome = outcome
        objects = []
        grounds = Grounds()
    }
}
