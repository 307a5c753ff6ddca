/// SubmissionSet: who submitted what, when and why. Always Approved, never changed.
///
/// - Source: ITI TF-3: 4.2.3.3, Table 4.2.3.3-1.
public struct SubmissionSet: Hashable, Sendable {
    /// entryUUID.
    public let entryUUID: EntryUUID
    /// homeCommunityId.
    public let homeCommunityId: HomeCommunityID?
    /// patientId.
    public let patientId: PatientID
    /// uniqueId.
    public let uniqueId: OID
    /// sourceId: the system that submits.
    public let sourceId: OID
    /// submissionTime.
    public let submissionTime: DTM
    /// contentTypeCode.
    public let contentTypeCode: CodedValue
    /// author, in the order of the message.
    public let authors: [Author]
    /// intendedRecipient.
    public let intendedRecipients: [IntendedRecipient]
}
