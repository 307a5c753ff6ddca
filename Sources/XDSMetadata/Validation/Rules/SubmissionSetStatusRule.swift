/// HasMember from the SubmissionSet to a DocumentEntry says Original for an entry of the submission and Reference for
/// a registered one. To a Folder, Original may be left out.
///
/// - Source: ITI TF-3: 4.2.2.1.1. Error: XDSRegistryMetadataError.
struct SubmissionSetStatusRule: SubmissionRule {
    func check(_ submission: UnverifiedSubmission, against state: RegistryState) -> [RegistryError] {
        submission.associations.compactMap { association in
            guard association.type == .hasMember,
                submission.end(association.source, in: state)?.kind == .submissionSet,
                let target = submission.end(association.target, in: state),
                let reason = problem(association.object.slot(SlotName.submissionSetStatus)?.values.first, target)
            else { return nil }
            let subject = ObjectKind.association.subject(association.entryUUID)
            return subject.error(.metadata, "SubmissionSetStatus \(reason)", attribute: SlotName.submissionSetStatus)
        }
    }

    private func problem(_ text: String?, _ target: AssociationEnd) -> String? {
        guard target.kind == .documentEntry else { return nil }
        guard let text else { return "is missing" }
        return switch (SubmissionSetStatus(rawValue: text), target.origin) {
        case (.original, .registry): "is Original, but the DocumentEntry is not in the submission"
        case (.reference, .submission): "is Reference, but the DocumentEntry is in the submission"
        default: nil
        }
    }
}
