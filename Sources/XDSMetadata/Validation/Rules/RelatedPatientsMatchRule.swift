/// The ends of a relationship or Folder membership are of one patient; merges are taken into account, because the
/// state has patient ids after merges.
///
/// - Source: ITI TF-2: 3.42.4.1.3. Error: XDSPatientIdDoesNotMatch.
struct RelatedPatientsMatchRule: SubmissionRule {
    func check(_ submission: UnverifiedSubmission, against state: RegistryState) -> [RegistryError] {
        submission.associations.compactMap { association in
            let isMembership = submission.isFolderMembership(association, in: state)
            guard association.type?.isRelationship == true || isMembership,
                let source = submission.end(association.source, in: state),
                let target = submission.end(association.target, in: state),
                source.origin == .registry || target.origin == .registry,
                let sourcePatient = source.patientId, let targetPatient = target.patientId,
                sourcePatient != targetPatient
            else { return nil }
            let subject = ObjectKind.association.subject(association.entryUUID)
            return subject.error(.patientIdDoesNotMatch, "its two ends are of different patients")
        }
    }
}
