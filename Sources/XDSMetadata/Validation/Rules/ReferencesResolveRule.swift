/// Both ends of an Association exist where its type demands: a document relationship starts at a DocumentEntry of the
/// submission; RPLC, XFRM_RPLC and IsSnapshotOf point to one that is registered.
///
/// - Source: ITI TF-3: 4.2.2.2; ITI TF-2: 3.42.4.1.3. Error: UnresolvedReferenceException.
struct ReferencesResolveRule: SubmissionRule {
    func check(_ submission: UnverifiedSubmission, against state: RegistryState) -> [RegistryError] {
        submission.associations.flatMap { check($0, of: submission, against: state) }
    }

    private func check(
        _ association: EbRIMAssociation, of submission: UnverifiedSubmission, against state: RegistryState
    ) -> [RegistryError] {
        var errors: [RegistryError] = []
        let subject = ObjectKind.association.subject(association.entryUUID)
        if association.sourceObject != nil {
            let source = submission.end(association.source, in: state)
            if source == nil {
                errors.append(unresolved(subject, "sourceObject", association.source, "names no object"))
            } else if association.type?.isRelationship == true, source?.origin == .registry {
                errors.append(unresolved(subject, "sourceObject", association.source, "is not in the submission"))
            }
        }
        if association.targetObject != nil {
            let target = submission.end(association.target, in: state)
            if target == nil {
                errors.append(unresolved(subject, "targetObject", association.target, "names no object"))
            } else if association.type?.demandsRegisteredTarget == true, target?.origin == .submission {
                errors.append(unresolved(subject, "targetObject", association.target, "is not in the registry"))
            }
        }
        return errors
    }

    private func unresolved(
        _ subject: ErrorSubject, _ end: String, _ id: EntryUUID, _ reason: String
    ) -> RegistryError {
        subject.error(.unresolvedReference, "\(end) \(id.text) \(reason)", attribute: end)
    }
}
