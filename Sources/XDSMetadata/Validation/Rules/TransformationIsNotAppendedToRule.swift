/// APND does not point to a document that is itself a transformation.
///
/// - Source: ITI TF-3: 4.2.2.2.3. Error: XDSRegistryMetadataError.
struct TransformationIsNotAppendedToRule: SubmissionRule {
    func check(_ submission: UnverifiedSubmission, against state: RegistryState) -> [RegistryError] {
        let transformations = Set(
            submission.associations.filter { $0.type == .transform || $0.type == .transformAndReplace }.map(\.source)
        )
        return submission.associations.compactMap { association in
            guard association.type == .append else { return nil }
            let known = association.target.uuid.flatMap { state.objects[$0] }
            guard transformations.contains(association.target) || known?.traits.contains(.transformation) == true else {
                return nil
            }
            let subject = ObjectKind.association.subject(association.entryUUID)
            return subject.error(.metadata, "a transformation cannot be appended to", attribute: "targetObject")
        }
    }
}
