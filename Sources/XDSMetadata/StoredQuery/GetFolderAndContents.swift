/// GetFolderAndContents: a Folder, the DocumentEntries in it, and the HasMember Associations that say so.
///
/// - Source: ITI TF-2: 3.18.4.1.2.3.7.11.
public struct GetFolderAndContents: Hashable, Sendable {
    /// Which folder; a uniqueId stands for all its versions at level 2.
    public let selection: ObjectSelection
    /// Limits the entries by formatCode, confidentialityCode and kind.
    public let filter: DocumentEntryFilter
    /// Statuses, one of which a membership has; never empty.
    public let associationStatuses: Set<AvailabilityStatus>
    /// Which versions are shown.
    public let metadataLevel: MetadataLevel

    /// Reads the parameters; nil if neither way to name the folder is usable.
    init?(_ parameters: inout QueryParameters) {
        typealias Name = QueryParameterName
        let selection = parameters.object(entryUUID: Name.folderEntryUUID, uniqueId: Name.folderUniqueId)
        filter = DocumentEntryFilter(contents: &parameters)
        associationStatuses = parameters.associationStatuses()
        metadataLevel = parameters.metadataLevel()
        guard let selection else { return nil }
        self.selection = selection
    }
}
