/// The ends of a relationship or Folder membership are of one patient, and so is a registered Folder that the
/// SubmissionSet holds or that gains a document; merges are taken into account, because the state has patient ids after
/// merges.
///
/// - Source: ITI TF-2: 3.42.4.1.3. Error: XDSPatientIdDoesNotMatch.
struct RelatedPatientsMatchRule: SubmissionRule {
    func check(_ submission: UnverifiedSubmission, against state: RegistryState) -> [RegistryError] {
        submission.associations.compactMap { association in
            let isMembership = submission.isFolderMembership(association, in: state)
            guard let source = submission.end(association.source, in: state),
                let target = submission.end(association.target, in: state),
                source.origin == .registry || target.origin == .registry
            else { return nil }
            let holdsFolder =
                association.type == .hasMember && source.kind == .submissionSet && target.kind == .folder
            guard association.type?.isRelationship == true || isMembership || holdsFolder else { return nil }
            let patients = Set(
                [association.source, association.target].compactMap { submission.patientId(of: $0, in: state) })
            let subject = ObjectKind.association.subject(association.entryUUID)
            if patients.count > 1 {
                return subject.error(.patientIdDoesNotMatch, "its two ends are of different patients")
            }
            let set = submission.submissionSets.first.flatMap { SubmittedObject.package($0).patientId }
            guard isMembership, let set, !patients.isEmpty, !patients.contains(set) else { return nil }
            return subject.error(.patientIdDoesNotMatch, "its ends are of another patient than the SubmissionSet")
        }
    }
}
