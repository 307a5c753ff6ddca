public import FoundationEssentials

/// What the registry knows of the things a submission names: the answer to SubmissionNeeds.
///
/// The store reads it inside the transaction that registers, so that nothing changes in between. Patient ids are those
/// after merges. What is absent does not exist.
public struct RegistryState: Sendable {
    /// How the registry knows a patient id.
    public enum PatientStanding: Hashable, Sendable {
        /// Known from the feed.
        case active
        /// Merged into another one.
        case subsumed
    }

    /// The domain that patient ids have to be of; nil: any.
    public var patientDomain: PatientDomain?
    /// The patients of SubmissionNeeds that are known.
    public var patients: [PatientID: PatientStanding] = [:]
    /// Stable DocumentEntries, of any status, by the uniqueIds of SubmissionNeeds.
    public var documents: [String: [KnownDocument]] = [:]
    /// Which uniqueIds of submitted SubmissionSets and Folders are in use, and by what kind of object.
    public var usedUniqueIds: [String: ObjectKind] = [:]
    /// The objects of SubmissionNeeds that exist, and everything that `children` and `folders` mention.
    public var objects: [UUID: KnownObject] = [:]
    /// For replaced documents and, transitively, for what is listed here: entries that are an XFRM or APND of them.
    public var children: [UUID: [UUID]] = [:]
    /// For replaced documents: Approved Folders that hold them by an Approved HasMember.
    public var folders: [UUID: [UUID]] = [:]

    /// Makes the state of an empty registry.
    public init() {}

    /// Hash and size of a registered stable document.
    public struct KnownDocument: Hashable, Sendable {
        /// hash.
        public let hash: SHA1Digest
        /// size in bytes.
        public let size: Int64

        /// Makes a document.
        public init(hash: SHA1Digest, size: Int64) {
            self.hash = hash
            self.size = size
        }
    }

    /// A registered object.
    public struct KnownObject: Hashable, Sendable {
        /// What it is.
        public let kind: ObjectKind
        /// availabilityStatus.
        public let status: AvailabilityStatus
        /// patientId; nil for an Association.
        public let patientId: PatientID?
        /// objectType of a DocumentEntry.
        public let documentType: DocumentEntryType?
        /// What more is known of it.
        public let traits: Set<Trait>

        /// Properties that a rule asks for.
        public enum Trait: Hashable, Sendable {
            /// A DocumentEntry that is the source of an Approved XFRM or XFRM_RPLC.
            case transformation
            /// An Association that is a HasMember from a Folder to a DocumentEntry.
            case folderMembership
        }

        /// Makes an object.
        public init(
            kind: ObjectKind, status: AvailabilityStatus, patientId: PatientID? = nil,
            documentType: DocumentEntryType? = nil, traits: Set<Trait> = []
        ) {
            self.kind = kind
            self.status = status
            self.patientId = patientId
            self.documentType = documentType
            self.traits = traits
        }
    }
}
