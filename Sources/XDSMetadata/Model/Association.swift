/// Association: a directed link between two registry objects.
///
/// - Source: ITI TF-3: 4.2.2.
public struct Association: Hashable, Sendable {
    /// entryUUID.
    public let entryUUID: EntryUUID
    /// associationType.
    public let type: AssociationType
    /// sourceObject.
    public let source: EntryUUID
    /// targetObject.
    public let target: EntryUUID
    /// SubmissionSetStatus; on HasMember of a SubmissionSet only.
    public let submissionSetStatus: SubmissionSetStatus?
}
