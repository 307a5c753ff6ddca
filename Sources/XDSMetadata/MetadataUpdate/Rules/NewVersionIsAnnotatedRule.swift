/// A HasMember links the new version to the SubmissionSet and says which version it replaces.
///
/// AssociationPropagation is `yes` or `no`, in ITI-92 only `yes`. For a missing or malformed PreviousVersion receivers
/// expect the error of the version or the one of the annotation, so both are given.
/// - Source: Metadata Update supplement, ITI TF-2: 3.57.4.1.2; RMU supplement, ITI TF-2: 3.92.4.1.2. Errors:
///   XDSMetadataUpdateError in ITI-57, XDSMetadataAnnotationError in ITI-92; XDSMetadataVersionError.
struct NewVersionIsAnnotatedRule: UpdateRule {
    func check(_ trigger: UpdateTrigger, against draft: UpdateDraft) -> [RegistryError] {
        guard let update = trigger.versionUpdate else { return [] }
        let code = draft.transaction.annotationError
        guard let membership = update.membership else {
            return [update.error(code, "no HasMember links it to the SubmissionSet")]
        }
        var errors: [RegistryError] = []
        if update.previousVersion == nil {
            let fault = update.previousVersionValues.isEmpty ? "is missing" : "is not one positive integer"
            let reason = "PreviousVersion \(fault) on the HasMember from the SubmissionSet"
            errors += [RegistryErrorCode.metadataVersion, code].map {
                update.error($0, reason, attribute: SlotName.previousVersion)
            }
        }
        if let reason = propagationProblem(update.propagationValues, draft.transaction) {
            errors.append(update.error(code, reason, attribute: SlotName.associationPropagation))
        }
        if draft.transaction == .restrictedUpdateDocumentSet,
            membership.object.slot(SlotName.submissionSetStatus)?.values != [SubmissionSetStatus.original.rawValue]
        {
            let reason = "SubmissionSetStatus on the HasMember from the SubmissionSet is not Original"
            errors.append(update.error(code, reason, attribute: SlotName.submissionSetStatus))
        }
        return errors
    }

    private func propagationProblem(_ values: [String]?, _ transaction: UpdateTransaction) -> String? {
        guard let values else { return nil }
        guard values == ["yes"] || values == ["no"] else { return "AssociationPropagation is neither yes nor no" }
        return transaction == .restrictedUpdateDocumentSet && values == ["no"]
            ? "AssociationPropagation is no; a restricted update keeps the Associations" : nil
    }
}
