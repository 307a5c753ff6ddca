public import FoundationEssentials

/// What the registry knows of the things an update names: the answer to UpdateNeeds.
///
/// The store reads it inside the transaction that updates, under locks on all it shows, so that nothing changes in
/// between.
public struct UpdateState: Sendable {
    /// Patients and uniqueIds in use, for the rules that updates share with registrations.
    public var registry = RegistryState()
    /// By id: the named objects, the latest versions of the named logicalIDs, the Approved Associations that touch
    /// them, and the objects at their other ends.
    public private(set) var objects: [UUID: UpdateObject] = [:]

    /// Makes the state of an empty registry.
    public init() {}

    /// Adds a registered object.
    public mutating func add(_ object: UpdateObject) {
        objects[object.id] = object
        registry.objects[object.id] = RegistryState.KnownObject(
            kind: object.kind, status: object.status, patientId: object.patientId, documentType: object.documentType)
    }
}

/// A registry object as an update sees it.
public struct UpdateObject: Hashable, Sendable {
    /// entryUUID.
    public let id: UUID
    /// What it is.
    public let kind: ObjectKind
    /// availabilityStatus.
    public internal(set) var status: AvailabilityStatus
    /// patientId after merges; nil for an Association.
    public let patientId: PatientID?
    /// logicalID and version; nil for SubmissionSets and Associations, which have none.
    public internal(set) var version: Version?
    /// The organisation that submitted it; nil if that is not known.
    public let submitter: String?
    /// Its metadata; nil for objects that are only the other end of an Association.
    public internal(set) var content: SubmittedObject?

    /// Which version of which object.
    public struct Version: Hashable, Sendable {
        /// logicalID.
        public let logicalID: UUID
        /// version, from 1.
        public let number: Int
        /// Whether no later version is there.
        public internal(set) var isLatest: Bool

        /// Makes a version.
        public init(logicalID: UUID, number: Int, isLatest: Bool) {
            self.logicalID = logicalID
            self.number = number
            self.isLatest = isLatest
        }
    }

    /// Makes an object.
    public init(
        id: UUID, kind: ObjectKind, status: AvailabilityStatus, patientId: PatientID? = nil, version: Version? = nil,
        submitter: String? = nil, content: SubmittedObject? = nil
    ) {
        self.id = id
        self.kind = kind
        self.status = status
        self.patientId = patientId
        self.version = version
        self.submitter = submitter
        self.content = content
    }

    /// objectType of a DocumentEntry.
    var documentType: DocumentEntryType? { content?.object.objectType.flatMap(DocumentEntryType.init(rawValue:)) }

    /// The Association, if it is one.
    var association: EbRIMAssociation? {
        guard case .association(let association) = content else { return nil }
        return association
    }
}
