import Synchronization

/// What a transaction turned out to be about: noted by the actors as they learn it, read for the audit trail when the answer
/// is ready. One object a request, in ``Caller/facts``.
///
/// - Source: ITI TF-2: the "Security Audit Considerations" of each transaction.
public final class TransactionFacts: Sendable {
    /// A document that was asked for.
    public struct Document: Sendable, Hashable {
        /// DocumentEntry.uniqueId.
        public var uniqueId: String
        /// repositoryUniqueId.
        public var repositoryUniqueId: String
        /// homeCommunityId, if it was given.
        public var homeCommunityId: String?
        /// Whether it is given out or, for a removal, removed.
        public var isDone: Bool
        /// Whether it is there and was hidden from the caller, who is told that it does not exist.
        public var isWithheld = false

        /// A document of which nothing is known yet but that it was asked for.
        public init(uniqueId: String, repositoryUniqueId: String, homeCommunityId: String? = nil) {
            self.uniqueId = uniqueId
            self.repositoryUniqueId = repositoryUniqueId
            self.homeCommunityId = homeCommunityId
            isDone = false
        }
    }

    /// What a message of a patient feed did, or was to do, to an id.
    public struct PatientChange: Sendable, Hashable {
        /// What happened to the id.
        public enum Act: Sendable, Hashable {
            /// It became known.
            case created
            /// It took over another one.
            case updated
            /// It was taken over.
            case subsumed
            /// ITI-64: `urn:ihe:iti:xpid:2017:patientIdentifierType` of the id.
            case linked(String)
        }

        /// CX.
        public var patientId: String
        /// What happened to it.
        public var act: Act

        /// A change.
        public init(_ act: Act, _ patientId: String) {
            self.patientId = patientId
            self.act = act
        }
    }

    /// What has been noted so far.
    public struct Content: Sendable {
        /// Patient ids in CX form, in the order noted, without repetition; ``TransactionFacts/patientLimit`` at most.
        public private(set) var patientIds: [String] = []
        /// How many more there were.
        public private(set) var patientsLeftOut = 0
        /// All of them, to know a repetition.
        private var knownPatients: Set<String> = []
        /// `patient_key` of the patients in an answer whose request names none.
        public var patientKeys: [Int64] = []
        /// What the answer rests on: it may be given only if its event is recorded while these are true.
        public var premises: [EventPremise] = []
        /// SubmissionSet.uniqueId.
        public var submissionSet: String?
        /// `AdhocQuery/@id`.
        public var queryId: String?
        /// The AdhocQueryRequest element.
        public var query: [UInt8]?
        /// Objects found.
        public var results: Int?
        /// Objects found that the caller may not see.
        public var hidden: Int?
        /// Documents asked for.
        public var documents: [Document] = []
        /// entryUUIDs of removed objects.
        public var removedObjects: [String] = []
        /// What a patient feed did to ids, in order.
        public var patientChanges: [PatientChange] = []
        /// How the sender of a patient feed names the message: MSH-10, or the `id` of an HL7 v3 message.
        public var messageId: String?
        /// `facility|application` of the sender of an HL7 v2 message.
        public var sender: String?
        /// `facility|application` of its receiver.
        public var receiver: String?
        /// The first error, or else the first warning.
        public var error: RegistryError?

        /// Notes a patient id, once.
        mutating func add(patient cx: String) {
            guard knownPatients.insert(cx).inserted else { return }
            if patientIds.count < TransactionFacts.patientLimit { patientIds.append(cx) } else { patientsLeftOut += 1 }
        }
    }

    /// Patients of one request that are told one by one at most; a request may name tens of thousands.
    public static let patientLimit = 1_000

    private let state = Mutex(Content())

    /// Nothing noted yet.
    public init() {}

    /// What has been noted so far.
    public var content: Content { state.withLock { $0 } }

    /// ``Content/premises``, without the rest.
    public var premises: [EventPremise] { state.withLock { $0.premises } }

    /// ``Content/query``, without the rest.
    public var query: [UInt8]? { state.withLock { $0.query } }

    /// Notes anything.
    public func note(_ change: (inout Content) -> Void) {
        state.withLock { change(&$0) }
    }

    /// Notes a patient id as it was sent.
    public func note(patient cx: String) {
        state.withLock { $0.add(patient: cx) }
    }

    /// Notes how it ended: the first error counts, a warning only where there is no error.
    public func note(_ errors: [RegistryError]) {
        guard let first = errors.first(where: { $0.severity == .error }) ?? errors.first else { return }
        state.withLock { $0.error = first }
    }
}
