/// Every DocumentEntry, Folder and Folder membership of the submission is a member of its SubmissionSet.
///
/// - Source: ITI TF-3: 4.2.2.1. Error: XDSRegistryMetadataError.
struct EveryObjectIsMemberRule: SubmissionRule {
    func check(_ submission: UnverifiedSubmission, against state: RegistryState) -> [RegistryError] {
        guard let set = submission.submissionSets.first else { return [] }
        let memberships = submission.associations.filter {
            $0.type == .hasMember && $0.source == set.entryUUID
        }
        let members = Set(memberships.map(\.target))
        return submission.allObjects.compactMap { object in
            guard demandsMembership(object, in: submission, state), !members.contains(object.entryUUID) else {
                return nil
            }
            return object.subject.error(.metadata, "no HasMember links it to the SubmissionSet")
        }
    }

    private func demandsMembership(
        _ object: SubmittedObject, in submission: UnverifiedSubmission, _ state: RegistryState
    ) -> Bool {
        switch object {
        case .documentEntry: true
        case .package(let package): package.kind == .folder
        case .association(let association): submission.isFolderMembership(association, in: state)
        }
    }
}
