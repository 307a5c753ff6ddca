/// A SubmissionSet has every required attribute, and each attribute its format.
///
/// - Source: ITI TF-3: 4.2.3.3, Table 4.2.3.3-1. Error: XDSRegistryMetadataError.
struct SubmissionSetAttributesRule: SubmissionRule {
    func check(_ submission: UnverifiedSubmission, against state: RegistryState) -> [RegistryError] {
        submission.submissionSets.flatMap { SubmissionSet.decode($0).errors }
    }
}
