/// A relationship has at most one documentation Classification, a HasMember none.
///
/// - Source: ITI TF-3: 4.2.2.2. Error: XDSRegistryMetadataError.
struct AssociationDocumentationRule: SubmissionRule {
    func check(_ submission: UnverifiedSubmission, against state: RegistryState) -> [RegistryError] {
        submission.associations.compactMap { association in
            let scheme = EbRIMVocabulary.Scheme.associationDocumentation
            let count = association.object.classifications(scheme: scheme).count
            let subject = ObjectKind.association.subject(association.entryUUID)
            if association.type == .hasMember, count > 0 {
                return RegistryError(.metadata, "\(subject): documentation is not allowed on HasMember")
            }
            return count > 1
                ? RegistryError(.metadata, "\(subject): it has more than one documentation Classification") : nil
        }
    }
}
