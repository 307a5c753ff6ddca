/// An Association has a known type, both ends, and a well-formed SubmissionSetStatus if any.
///
/// - Source: ITI TF-3: 4.2.2. Error: XDSRegistryMetadataError.
struct AssociationAttributesRule: SubmissionRule {
    func check(_ submission: UnverifiedSubmission, against state: RegistryState) -> [RegistryError] {
        submission.associations.flatMap { Association.decode($0).errors }
    }
}
