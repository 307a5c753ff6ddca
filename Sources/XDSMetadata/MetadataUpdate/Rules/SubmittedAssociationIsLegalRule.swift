import FoundationEssentials

/// SubmitAssociation goes from the SubmissionSet to an Association of the request: HasMember from a Folder to a
/// DocumentEntry, or a document relationship, between registered objects that are not deprecated and not linked yet.
///
/// Nothing else follows from it: the target of a submitted RPLC keeps its status, which has a trigger of its own.
/// - Source: Metadata Update supplement, ITI TF-2: 3.57.4.1.3. Error: XDSMetadataUpdateError.
struct SubmittedAssociationIsLegalRule: UpdateRule {
    func check(_ trigger: UpdateTrigger, against draft: UpdateDraft) -> [RegistryError] {
        guard case .association(let submission) = trigger else { return [] }
        var errors: [RegistryError] = []
        let set = draft.update.submission.submissionSets.first?.entryUUID
        if submission.trigger.source != set {
            errors.append(
                ObjectKind.association.error(
                    .metadataUpdate, of: submission.trigger.entryUUID,
                    "sourceObject is not the SubmissionSet of the request"))
        }
        guard let association = submission.association else {
            return errors + [submission.error(.metadataUpdate, "targetObject is not an Association of the request")]
        }
        let source = end("sourceObject", association.source, of: submission, draft, &errors)
        let target = end("targetObject", association.target, of: submission, draft, &errors)
        guard let source, let target, let type = association.type else { return errors }
        if let reason = endsProblem(type, source, target) ?? linkProblem(source, target, draft) {
            errors.append(submission.error(.metadataUpdate, reason))
        }
        return errors
    }

    /// An end that is registered, Approved and no SubmissionSet.
    private func end(
        _ name: String, _ id: EntryUUID, of submission: AssociationSubmission, _ draft: UpdateDraft,
        _ errors: inout [RegistryError]
    ) -> UpdateObject? {
        guard let object = draft.object(id) else {
            if !draft.isNewVersion(id) {
                errors.append(submission.error(.metadataUpdate, "\(name) is not in the registry", attribute: name))
            }
            return nil
        }
        if object.kind == .submissionSet {
            errors.append(submission.error(.metadataUpdate, "\(name) is a SubmissionSet", attribute: name))
            return nil
        }
        if object.status == .deprecated {
            errors.append(submission.error(.metadataUpdate, "\(name) is Deprecated", attribute: name))
        }
        return object
    }

    private func endsProblem(_ type: AssociationType, _ source: UpdateObject, _ target: UpdateObject) -> String? {
        if type == .hasMember {
            return source.kind == .folder && target.kind == .documentEntry
                ? nil : "a submitted HasMember goes from a Folder to a DocumentEntry"
        }
        guard source.kind == .documentEntry, target.kind == .documentEntry, source.id != target.id else {
            return "a document relationship joins two different DocumentEntries"
        }
        guard type == .isSnapshotOf else { return nil }
        return source.documentType == .stable && target.documentType == .onDemand
            ? nil : "IsSnapshotOf goes from a stable to an on-demand DocumentEntry"
    }

    private func linkProblem(_ source: UpdateObject, _ target: UpdateObject, _ draft: UpdateDraft) -> String? {
        draft.areLinked(source.id, target.id) ? "an Approved Association links its two ends already" : nil
    }
}
