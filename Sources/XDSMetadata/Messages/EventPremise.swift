public import FoundationEssentials

/// What an answer rests on, and may not be true any more when its event is recorded: the event is written only while it is.
public enum EventPremise: Hashable, Sendable {
    /// An answer found for an earlier request: this is the version of the patient still.
    case version(PatientVersion)
    /// A registration that nobody has seen on disk yet: the SubmissionSet with this entryUUID is in the registry.
    case submissionSet(UUID)
}

extension [EventPremise] {
    /// The versions of patients among them.
    public var versions: [PatientVersion] { compactMap { if case .version(let version) = $0 { version } else { nil } } }

    /// The SubmissionSets among them.
    public var submissionSets: [UUID] { compactMap { if case .submissionSet(let id) = $0 { id } else { nil } } }
}
