/// A relationship has at most one documentation Classification, which is a whole code; a HasMember has none.
///
/// - Source: ITI TF-3: 4.2.2.2. Error: XDSRegistryMetadataError.
struct AssociationDocumentationRule: SubmissionRule {
    func check(_ submission: UnverifiedSubmission, against state: RegistryState) -> [RegistryError] {
        submission.associations.flatMap { association in
            let scheme = EbRIMVocabulary.Scheme.associationDocumentation
            var reader = AttributeReader(association.object, kind: .association)
            if association.type == .hasMember {
                if !association.object.classifications(scheme: scheme).isEmpty {
                    reader.report("documentation", "is not allowed on HasMember")
                }
            } else {
                _ = reader.code("documentation", scheme: scheme, .optional)
            }
            return reader.errors
        }
    }
}
