/// The objects that an update touches are of the patient of its SubmissionSet; a new version may bring its own patient
/// into that, the one that the SubmissionSet names.
///
/// - Source: Metadata Update supplement, ITI TF-2: 3.57.4.1.2. Error: XDSPatientIDReconciliationError.
struct UpdatedPatientMatchesRule: UpdateRule {
    func check(_ trigger: UpdateTrigger, against draft: UpdateDraft) -> [RegistryError] {
        guard let patient = draft.update.patientId else { return [] }
        switch trigger {
        case .documentEntry(let update), .folder(let update):
            guard let own = update.object.patientId, own != patient else { return [] }
            let reason = "patientId is not the one of the SubmissionSet"
            return [update.error(.patientIDReconciliation, reason, attribute: "patientId")]
        case .status(let change):
            let id = change.association.target
            guard let target = draft.object(id), let own = target.patientId, own != patient else { return [] }
            let reason = "\(target.kind.subject(id)) is not of the patient of the SubmissionSet"
            return [change.error(.patientIDReconciliation, reason)]
        case .association(let submission):
            let ends = [submission.association?.source, submission.association?.target].compactMap { $0 }
            let patients = ends.compactMap { draft.object($0)?.patientId }
            guard patients.contains(where: { $0 != patient }) else { return [] }
            return [
                submission.error(.patientIDReconciliation, "its ends are not of the patient of the SubmissionSet")
            ]
        }
    }
}
