/// FindFolders: Folders of one patient. All filters are joined by AND; an absent filter limits nothing.
///
/// - Source: ITI TF-2: 3.18.4.1.2.3.7.3.
public struct FindFolders: Hashable, Sendable {
    /// The patient.
    public let patientId: PatientID
    /// Statuses, one of which the folder has; never empty.
    public let statuses: Set<AvailabilityStatus>
    /// Codes and time.
    public let filter: FolderFilter
    /// Which versions are shown.
    public let metadataLevel: MetadataLevel

    /// Reads the parameters; nil if a required one is not usable.
    init?(_ parameters: inout QueryParameters) {
        typealias Name = QueryParameterName
        let patientId = parameters.one(Name.folderPatientId, .patientId, .required)
        let statuses = parameters.statuses(Name.folderStatus)
        filter = FolderFilter(&parameters)
        metadataLevel = parameters.metadataLevel()
        guard let patientId, let statuses else { return nil }
        self.patientId = patientId
        self.statuses = statuses
    }
}

/// Filters on Folders. All are joined by AND; an absent one limits nothing.
///
/// - Source: ITI TF-2: 3.18.4.1.2.3.7.3.
public struct FolderFilter: Hashable, Sendable {
    /// Limits lastUpdateTime.
    public let lastUpdateTime: DTMRange
    /// codeList has a code of each group.
    public let codeGroups: [[CodedValue]]

    /// Reads the filters.
    init(_ parameters: inout QueryParameters) {
        typealias Name = QueryParameterName
        lastUpdateTime = parameters.range(Name.folderLastUpdateTimeFrom, Name.folderLastUpdateTimeTo)
        codeGroups = parameters.groups(Name.folderCodeList, .code)
    }
}
