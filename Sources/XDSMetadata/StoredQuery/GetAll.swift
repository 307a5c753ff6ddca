/// GetAll: SubmissionSets, DocumentEntries and Folders of one patient, and the Associations that touch one of them.
///
/// - Source: ITI TF-2: 3.18.4.1.2.3.7.4.
public struct GetAll: Hashable, Sendable {
    /// The patient.
    public let patientId: PatientID
    /// Statuses, one of which an entry has; never empty.
    public let documentEntryStatuses: Set<AvailabilityStatus>
    /// Statuses, one of which a set has; never empty.
    public let submissionSetStatuses: Set<AvailabilityStatus>
    /// Statuses, one of which a folder has; never empty.
    public let folderStatuses: Set<AvailabilityStatus>
    /// Statuses, one of which an Association has; never empty.
    public let associationStatuses: Set<AvailabilityStatus>
    /// Limits the entries by formatCode, confidentialityCode and kind.
    public let filter: DocumentEntryFilter
    /// Which versions are shown.
    public let metadataLevel: MetadataLevel

    /// Reads the parameters; nil if a required one is not usable.
    init?(_ parameters: inout QueryParameters) {
        typealias Name = QueryParameterName
        let patientId = parameters.one(Name.patientId, .patientId, .required)
        let documentEntryStatuses = parameters.statuses(Name.documentEntryStatus)
        let submissionSetStatuses = parameters.statuses(Name.submissionSetStatus)
        let folderStatuses = parameters.statuses(Name.folderStatus)
        filter = DocumentEntryFilter(contents: &parameters)
        associationStatuses = parameters.associationStatuses()
        metadataLevel = parameters.metadataLevel()
        guard let patientId, let documentEntryStatuses, let submissionSetStatuses, let folderStatuses else {
            return nil
        }
        self.patientId = patientId
        self.documentEntryStatuses = documentEntryStatuses
        self.submissionSetStatuses = submissionSetStatuses
        self.folderStatuses = folderStatuses
    }
}
