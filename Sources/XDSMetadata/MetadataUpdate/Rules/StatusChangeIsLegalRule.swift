/// UpdateAvailabilityStatus goes from the SubmissionSet to the latest version of a DocumentEntry, to a membership in a
/// Folder or to a relationship, and takes it from the status it has to the other one.
///
/// - Source: Metadata Update supplement, ITI TF-2: 3.57.4.1.3. Error: XDSMetadataUpdateError.
struct StatusChangeIsLegalRule: UpdateRule {
    func check(_ trigger: UpdateTrigger, against draft: UpdateDraft) -> [RegistryError] {
        guard case .status(let change) = trigger else { return [] }
        var errors: [RegistryError] = []
        if change.association.source != draft.update.submission.submissionSets.first?.entryUUID {
            errors.append(change.error(.metadataUpdate, "sourceObject is not the SubmissionSet of the request"))
        }
        for slot in [SlotName.originalStatus, SlotName.newStatus] where change.status(slot) == nil {
            let reason = "\(slot) is not one value, the URN of Approved or of Deprecated"
            errors.append(change.error(.metadataUpdate, reason, attribute: slot))
        }
        if let original = change.status(SlotName.originalStatus), original == change.status(SlotName.newStatus) {
            errors.append(
                change.error(.metadataUpdate, "NewStatus is equal to OriginalStatus", attribute: SlotName.newStatus))
        }
        if let reason = targetProblem(change, draft) { errors.append(change.error(.metadataUpdate, reason)) }
        return errors
    }

    private func targetProblem(_ change: StatusChange, _ draft: UpdateDraft) -> String? {
        let id = change.association.target
        guard let target = draft.object(id) else {
            // A new version that was refused has its errors already.
            return draft.isNewVersion(id) ? nil : "targetObject \(id.text) is not in the registry"
        }
        let subject = target.kind.subject(id)
        switch target.kind {
        case .submissionSet, .folder:
            return "\(subject) has a status that cannot be changed; DocumentEntries and Associations have one that can"
        case .documentEntry where target.version?.isLatest != true:
            return "\(subject) is not the latest version"
        case .association where target.association.map(draft.isChangeable) != true:
            return "\(subject) is neither a membership in a Folder nor a relationship of documents"
        case .documentEntry, .association:
            guard let original = change.status(SlotName.originalStatus), original != target.status else { return nil }
            return "OriginalStatus is not the status that \(subject) has"
        }
    }
}
