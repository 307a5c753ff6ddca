/// SubmissionSet, DocumentEntries and Folders of one submission have the same patientId.
///
/// Entries that are members by Reference are not in the submission and may be of other patients.
/// - Source: ITI TF-2: 3.42.4.1.3. Error: XDSPatientIdDoesNotMatch.
struct PatientIdsAreEqualRule: SubmissionRule {
    func check(_ submission: UnverifiedSubmission, against state: RegistryState) -> [RegistryError] {
        guard let set = submission.submissionSets.first,
            let expected = SubmittedObject.package(set).patientIdText
        else { return [] }
        return submission.allObjects.compactMap { object in
            guard let patientId = object.patientIdText, patientId != expected else { return nil }
            return object.subject.error(
                .patientIdDoesNotMatch, "patientId \(patientId) is not the one of the SubmissionSet",
                attribute: "patientId"
            )
        }
    }
}
