/// FindFoldersForMultiplePatients: FindFolders for a list of patients, or for all of them.
///
/// - Source: ITI TF-2: 3.51.4.1.2.
public struct FindFoldersForMultiplePatients: Hashable, Sendable {
    /// The patients; all if empty.
    public let patientIds: [PatientID]
    /// Statuses, one of which the folder has; never empty.
    public let statuses: Set<AvailabilityStatus>
    /// Codes and time.
    public let filter: FolderFilter
    /// Which versions are shown.
    public let metadataLevel: MetadataLevel

    /// Reads the parameters; nil if a required one is not usable.
    init?(_ parameters: inout QueryParameters) {
        typealias Name = QueryParameterName
        parameters.atLeastOneOf([Name.folderPatientId, Name.folderCodeList])
        patientIds = parameters.many(Name.folderPatientId, .patientId) ?? []
        let statuses = parameters.statuses(Name.folderStatus)
        filter = FolderFilter(&parameters)
        metadataLevel = parameters.metadataLevel()
        guard let statuses else { return nil }
        self.statuses = statuses
    }
}
