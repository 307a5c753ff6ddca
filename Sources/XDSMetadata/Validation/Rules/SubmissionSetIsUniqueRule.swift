/// A submission has exactly one SubmissionSet.
///
/// - Source: ITI TF-3: 4.2.1.1; ITI TF-2: 3.42.4.1.2. Error: XDSRegistryMetadataError.
struct SubmissionSetIsUniqueRule: SubmissionRule {
    func check(_ submission: UnverifiedSubmission, against state: RegistryState) -> [RegistryError] {
        let count = submission.submissionSets.count
        guard count != 1 else { return [] }
        return [RegistryError(.metadata, "a submission has exactly one SubmissionSet; this one has \(count)")]
    }
}
