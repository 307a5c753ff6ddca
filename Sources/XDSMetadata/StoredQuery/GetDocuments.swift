/// GetDocuments: DocumentEntries by id, stable and on-demand, of any status. Unknown ids give no error.
///
/// - Source: ITI TF-2: 3.18.4.1.2.3.7.5.
public struct GetDocuments: Hashable, Sendable {
    /// Which entries.
    public let selection: ObjectSelection
    /// Which versions are shown.
    public let metadataLevel: MetadataLevel

    /// Reads the parameters; nil if none of the three ways to name an entry is usable.
    init?(_ parameters: inout QueryParameters) {
        typealias Name = QueryParameterName
        metadataLevel = parameters.metadataLevel()
        let selection = parameters.objects(
            entryUUID: Name.documentEntryEntryUUID, uniqueId: Name.documentEntryUniqueId,
            logicalID: Name.documentEntryLogicalID, level: metadataLevel)
        guard let selection else { return nil }
        self.selection = selection
    }
}
