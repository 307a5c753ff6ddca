/// GetFolders: Folders by id, of any status. Unknown ids give no error.
///
/// - Source: ITI TF-2: 3.18.4.1.2.3.7.6.
public struct GetFolders: Hashable, Sendable {
    /// Which folders.
    public let selection: ObjectSelection
    /// Which versions are shown.
    public let metadataLevel: MetadataLevel

    /// Reads the parameters; nil if none of the three ways to name a folder is usable.
    init?(_ parameters: inout QueryParameters) {
        typealias Name = QueryParameterName
        metadataLevel = parameters.metadataLevel()
        let selection = parameters.objects(
            entryUUID: Name.folderEntryUUID, uniqueId: Name.folderUniqueId, logicalID: Name.folderLogicalID,
            level: metadataLevel)
        guard let selection else { return nil }
        self.selection = selection
    }
}
