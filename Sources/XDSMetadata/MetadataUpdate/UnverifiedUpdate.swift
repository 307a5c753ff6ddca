/// An update as it arrived: its objects, sorted into triggers, not judged yet.
///
/// Only UpdateValidator makes a ValidatedUpdate of it.
public struct UnverifiedUpdate: Hashable, Sendable {
    /// SubmissionSet, new versions and Associations with the ids they came with.
    public let submission: UnverifiedSubmission
    /// What is asked for: new versions in the order of the message, then triggers in theirs.
    let triggers: [UpdateTrigger]
    /// Associations that belong to no trigger.
    let strays: [EbRIMAssociation]

    /// Sorts the objects of a submission.
    public init(_ submission: UnverifiedSubmission) {
        self.submission = submission
        let set = submission.submissionSets.first?.entryUUID
        var used: Set<EntryUUID> = []
        var triggers: [UpdateTrigger] = []

        func version(_ kind: ObjectKind, _ object: SubmittedObject) -> VersionUpdate {
            let membership = submission.associations.first {
                $0.type == .hasMember && $0.source == set && $0.target == object.entryUUID
            }
            if let membership { used.insert(membership.entryUUID) }
            return VersionUpdate(kind: kind, object: object, membership: membership)
        }

        for entry in submission.documentEntries {
            triggers.append(.documentEntry(version(.documentEntry, .documentEntry(entry))))
        }
        for folder in submission.folders { triggers.append(.folder(version(.folder, .package(folder)))) }
        for association in submission.associations {
            switch association.type {
            case .updateAvailabilityStatus:
                triggers.append(.status(StatusChange(association: association)))
            case .submitAssociation:
                let submitted = submission.associations.first {
                    $0.entryUUID == association.target && $0.type?.isUpdateTrigger != true
                }
                if let submitted { used.insert(submitted.entryUUID) }
                triggers.append(.association(AssociationSubmission(trigger: association, association: submitted)))
            default: break
            }
        }
        self.triggers = triggers
        strays = submission.associations.filter { association in
            guard let type = association.type, !type.isUpdateTrigger else { return false }
            return !used.contains(association.entryUUID)
        }
    }

    /// SubmissionSet.patientId; nil if absent or malformed.
    var patientId: PatientID? { submission.submissionSets.first.flatMap { SubmittedObject.package($0).patientId } }
}
