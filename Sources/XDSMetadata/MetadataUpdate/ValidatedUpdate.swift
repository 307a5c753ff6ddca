public import FoundationEssentials

/// An update that passed every rule: the only thing a registry store accepts to change metadata.
///
/// Made by UpdateValidator alone.
/// - Source: Metadata Update supplement, ITI TF-2: 3.57.4.1.3.
public struct ValidatedUpdate: Hashable, Sendable {
    /// The SubmissionSet of the update.
    public let submissionSet: Registered<SubmissionSet>
    /// New versions of DocumentEntries.
    public let documentEntries: [Registered<DocumentEntry>]
    /// Who submitted the object of each of `documentEntries`: it stays theirs, whoever updates it. nil if not known.
    public let owners: [String?]
    /// New versions of Folders.
    public let folders: [Registered<Folder>]
    /// New Associations: those of the message, triggers included, then the copies that follow new versions.
    public let associations: [Registered<Association>]
    /// What happens to registered objects.
    public let changes: [Change]
    /// Registered Folders that gain a document and so a new lastUpdateTime.
    public let gainingFolders: [UUID]
    /// Time of the update.
    public let updateTime: DTM
    /// Warnings that go into the answer.
    public internal(set) var warnings: [RegistryError] = []

    /// What happens to one registered object.
    public struct Change: Hashable, Sendable {
        /// entryUUID.
        public let id: UUID
        /// What it is.
        public let kind: ObjectKind
        /// Its status before.
        public let from: AvailabilityStatus
        /// Its status after.
        public let to: AvailabilityStatus
        /// Whether it is the latest version no longer.
        public let isSuperseded: Bool
    }
}
