import XDSMetadata

/// A submission that is to be registered, with what it is judged by.
struct PendingRegistration: Sendable {
    let submission: UnverifiedSubmission
    let needs: SubmissionNeeds
    let validator: SubmissionValidator
    /// What was found before; an error among it refuses the submission.
    let findings: [RegistryError]
    /// Who submits.
    let organisation: String

    init(
        _ submission: UnverifiedSubmission, by validator: SubmissionValidator, findings: [RegistryError],
        organisation: String
    ) {
        self.submission = submission
        needs = SubmissionNeeds(submission)
        self.validator = validator
        self.findings = findings
        self.organisation = organisation
    }

    /// The patient of a submission that the rules accept, which has one.
    var patient: PatientID? { needs.patientIds.first }

    /// Judges it.
    func validated(against state: RegistryState, at now: DTM) throws(SubmissionRefusal) -> ValidatedSubmission {
        try validator.validate(submission, against: state, at: now, findings: findings)
    }
}
