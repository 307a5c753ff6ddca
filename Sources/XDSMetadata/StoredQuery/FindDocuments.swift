/// FindDocuments: DocumentEntries of one patient. All filters are joined by AND; an absent filter limits nothing.
///
/// - Source: ITI TF-2: 3.18.4.1.2.3.7.1.
public struct FindDocuments: Hashable, Sendable {
    /// The patient.
    public let patientId: PatientID
    /// Statuses, one of which the entry has; never empty.
    public let statuses: Set<AvailabilityStatus>
    /// Codes, times, authors, kinds.
    public internal(set) var filter: DocumentEntryFilter
    /// Which versions are shown.
    public let metadataLevel: MetadataLevel

    /// Reads the parameters; nil if a required one is not usable.
    init?(_ parameters: inout QueryParameters) {
        typealias Name = QueryParameterName
        let patientId = parameters.one(Name.documentEntryPatientId, .patientId, .required)
        let statuses = parameters.statuses(Name.documentEntryStatus)
        filter = DocumentEntryFilter(finding: &parameters)
        metadataLevel = parameters.metadataLevel()
        guard let patientId, let statuses else { return nil }
        self.patientId = patientId
        self.statuses = statuses
    }
}
