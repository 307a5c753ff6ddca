/// A care organisation (or a supplier acting for one) that may connect, and what it is allowed.
///
/// Source: NEN 7512 asks that each party of an exchange is identified and its rights are known beforehand.
public struct Organisation: Sendable, Equatable {
    /// Whether an organisation may use the network at this moment.
    public enum Status: String, Sendable, CaseIterable {
        case active, suspended
    }

    /// Which `SubmissionSet.sourceId` values it may use (ITI TF-3: 4.2.3.3.9).
    public enum SourceIDs: Sendable, Equatable {
        /// Any value: for test partners and for nodes that submit for many.
        case any
        /// Only these OIDs.
        case only(Set<String>)

        /// Whether a submission with this sourceId is allowed.
        public func allows(_ sourceID: String) -> Bool {
            switch self {
            case .any: true
            case .only(let allowed): allowed.contains(sourceID)
            }
        }
    }

    /// How its messages are read.
    public enum Reading: String, Sendable, CaseIterable {
        /// Known habits of senders are understood, and counted.
        case lenient
        /// Habits that depart from the standard are errors.
        case strict
    }

    /// Whose objects it may update and remove (ITI-57, ITI-62, ITI-86, ITI-92).
    public enum UpdateScope: String, Sendable, CaseIterable {
        /// What it submitted itself.
        case own
        /// What any organisation submitted.
        case any
    }

    /// What it may use at once; nil where the configuration's default holds.
    public struct Limits: Sendable, Hashable {
        /// Requests being answered.
        public var requests: Int?
        /// Bytes of bodies being received.
        public var bytes: Int?
        /// Requests begun in a second, on average.
        public var requestsPerSecond: Int?

        /// Limits; nil leaves the default.
        public init(requests: Int? = nil, bytes: Int? = nil, requestsPerSecond: Int? = nil) {
            self.requests = requests
            self.bytes = bytes
            self.requestsPerSecond = requestsPerSecond
        }
    }

    /// Which documents of others it may see, where the patient's consent allows it.
    public struct Visibility: Sendable, Hashable {
        /// confidentialityCodes, as `code^^codingScheme`: it sees entries all of whose codes are among these. nil: any.
        public var confidentialityCodes: Set<String>?
        /// classCodes, as `code^^codingScheme`. nil: any.
        public var classCodes: Set<String>?

        /// Visibility; nil sets no limit.
        public init(confidentialityCodes: Set<String>? = nil, classCodes: Set<String>? = nil) {
            self.confidentialityCodes = confidentialityCodes
            self.classCodes = classCodes
        }
    }

    /// Short name, unique; stands in commands, logs and metrics. Lower-case letters, digits and hyphens, at most 40.
    public let identifier: String
    /// Full name, as people know it.
    public let name: String
    /// Number in the register of care organisations (8 digits), absent for suppliers.
    public let ura: String?
    /// Whether it may use the network now.
    public let status: Status
    /// The transactions it may call, as `ITI-18`.
    public let transactions: Set<String>
    /// Under which sourceIds it may submit.
    public let sourceIDs: SourceIDs
    /// How its messages are read.
    public let reading: Reading
    /// Whose objects it may update and remove.
    public let updateScope: UpdateScope
    /// Whom to call when something is wrong, free text.
    public let contact: String?
    /// What kind of organisation it is: its code as care provider type (RoleCodeNL, 2.16.840.1.113883.2.4.15.1060).
    public let kind: String?
    /// The homeCommunityId it belongs to, `urn:oid:...`; nil for ours.
    public let homeCommunityID: String?
    /// What it may use at once.
    public let limits: Limits
    /// Which documents of others it may see.
    public let visibility: Visibility

    /// Describes an organisation; ``OrganisationRegister`` checks the values before it stores them.
    public init(
        identifier: String, name: String, ura: String? = nil, status: Status = .active,
        transactions: Set<String>, sourceIDs: SourceIDs, reading: Reading = .lenient,
        updateScope: UpdateScope = .own, contact: String? = nil, kind: String? = nil, homeCommunityID: String? = nil,
        limits: Limits = Limits(), visibility: Visibility = Visibility()
    ) {
        self.identifier = identifier
        self.name = name
        self.ura = ura
        self.status = status
        self.transactions = transactions
        self.sourceIDs = sourceIDs
        self.reading = reading
        self.updateScope = updateScope
        self.contact = contact
        self.kind = kind
        self.homeCommunityID = homeCommunityID
        self.limits = limits
        self.visibility = visibility
    }

    /// Whether the organisation may call a transaction.
    public func mayCall(_ transaction: String) -> Bool {
        transactions.contains(transaction)
    }

    /// Whether the organisation may update or remove what another one submitted.
    public func mayChange(objectsOf submitter: String) -> Bool {
        updateScope == .any || submitter == identifier
    }
}
