/// FindSubmissionSets: SubmissionSets of one patient. All filters are joined by AND; an absent filter limits nothing.
///
/// - Source: ITI TF-2: 3.18.4.1.2.3.7.2.
public struct FindSubmissionSets: Hashable, Sendable {
    /// The patient.
    public let patientId: PatientID
    /// Statuses, one of which the set has; never empty.
    public let statuses: Set<AvailabilityStatus>
    /// sourceId is one of these; no limit if empty.
    public let sourceIds: [String]
    /// Limits submissionTime.
    public let submissionTime: DTMRange
    /// authorPerson of any author fits this.
    public let authorPerson: LikePattern?
    /// contentTypeCode is one of these; no limit if empty.
    public let contentTypeCodes: [CodedValue]

    /// Reads the parameters; nil if a required one is not usable.
    init?(_ parameters: inout QueryParameters) {
        typealias Name = QueryParameterName
        let patientId = parameters.one(Name.submissionSetPatientId, .patientId, .required)
        let statuses = parameters.statuses(Name.submissionSetStatus)
        sourceIds = parameters.many(Name.submissionSetSourceId, .text) ?? []
        submissionTime = parameters.range(Name.submissionSetSubmissionTimeFrom, Name.submissionSetSubmissionTimeTo)
        authorPerson = parameters.one(Name.submissionSetAuthorPerson, .pattern)
        contentTypeCodes = parameters.many(Name.submissionSetContentType, .code) ?? []
        // SubmissionSets have one version, so the level is checked and changes nothing.
        _ = parameters.metadataLevel()
        guard let patientId, let statuses else { return nil }
        self.patientId = patientId
        self.statuses = statuses
    }
}
