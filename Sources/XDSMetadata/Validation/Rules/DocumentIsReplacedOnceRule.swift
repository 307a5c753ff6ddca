/// A document is replaced by one other: a second RPLC or XFRM_RPLC in the same submission points to a document that the
/// first one deprecates.
///
/// - Source: ITI TF-3: 4.2.2.2; ITI TF-2: 3.42.4.1.3.3. Error: XDSRegistryDeprecatedDocumentError.
struct DocumentIsReplacedOnceRule: SubmissionRule {
    func check(_ submission: UnverifiedSubmission, against state: RegistryState) -> [RegistryError] {
        var replaced: Set<EntryUUID> = []
        return submission.associations.compactMap { association in
            guard association.type?.replacesTarget == true, association.targetObject != nil,
                !replaced.insert(association.target).inserted
            else { return nil }
            return ObjectKind.association.subject(association.entryUUID).error(
                .deprecatedDocument,
                "targetObject \(association.target.text) is replaced by another Association of the submission already",
                attribute: "targetObject")
        }
    }
}
