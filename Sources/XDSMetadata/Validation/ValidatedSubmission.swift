public import FoundationEssentials

/// A submission that passed every rule, with all ids resolved to UUIDs: the only thing a registry store accepts.
///
/// Made by SubmissionValidator alone.
/// - Source: ITI TF-2: 3.42.4.1.3.
public struct ValidatedSubmission: Hashable, Sendable {
    /// The SubmissionSet.
    public let submissionSet: Registered<SubmissionSet>
    /// New DocumentEntries in the order of the message; Approved, version 1.
    public let documentEntries: [Registered<DocumentEntry>]
    /// New Folders in the order of the message; lastUpdateTime is the time of registration.
    public let folders: [Registered<Folder>]
    /// New Associations: those of the message, then those that replacing a document in a Folder adds.
    public let associations: [Registered<Association>]
    /// Registered DocumentEntries that become Deprecated: targets of RPLC and XFRM_RPLC, then their XFRM and APND
    /// children.
    public let deprecatedDocuments: [UUID]
    /// Registered Folders that gain a document and so a new lastUpdateTime.
    public let updatedFolders: [UUID]
    /// Time of registration: lastUpdateTime of new and updated Folders.
    public let registrationTime: DTM
    /// Habits of the sender.
    public let deviations: Set<Deviation>
    /// Warnings that go into the answer.
    public internal(set) var warnings: [RegistryError] = []

    /// What SubmissionValidator found; only this module can make one.
    init(
        submissionSet: Registered<SubmissionSet>, documentEntries: [Registered<DocumentEntry>],
        folders: [Registered<Folder>], associations: [Registered<Association>], effects: ReplacementEffects,
        registrationTime: DTM, deviations: Set<Deviation>
    ) {
        self.submissionSet = submissionSet
        self.documentEntries = documentEntries
        self.folders = folders
        self.associations = associations
        deprecatedDocuments = effects.deprecated
        updatedFolders = effects.updatedFolders
        self.registrationTime = registrationTime
        self.deviations = deviations
    }
}
