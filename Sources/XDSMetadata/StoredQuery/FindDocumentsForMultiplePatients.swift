/// FindDocumentsForMultiplePatients: FindDocuments for a list of patients, or for all of them.
///
/// - Source: ITI TF-2: 3.51.4.1.2.
public struct FindDocumentsForMultiplePatients: Hashable, Sendable {
    /// The patients; all if empty.
    public let patientIds: [PatientID]
    /// Statuses, one of which the entry has; never empty.
    public let statuses: Set<AvailabilityStatus>
    /// Codes, times, authors, kinds.
    public internal(set) var filter: DocumentEntryFilter
    /// Which versions are shown.
    public let metadataLevel: MetadataLevel

    /// Reads the parameters; nil if a required one is not usable.
    init?(_ parameters: inout QueryParameters) {
        typealias Name = QueryParameterName
        parameters.atLeastOneOf([
            Name.documentEntryPatientId, Name.documentEntryClassCode, Name.documentEntryEventCodeList,
            Name.documentEntryHealthcareFacilityTypeCode,
        ])
        self.init(limited: &parameters)
    }

    /// Reads the parameters of a query that something else limits.
    init?(limited parameters: inout QueryParameters) {
        typealias Name = QueryParameterName
        patientIds = parameters.many(Name.documentEntryPatientId, .patientId) ?? []
        let statuses = parameters.statuses(Name.documentEntryStatus)
        filter = DocumentEntryFilter(finding: &parameters)
        metadataLevel = parameters.metadataLevel()
        guard let statuses else { return nil }
        self.statuses = statuses
    }
}
