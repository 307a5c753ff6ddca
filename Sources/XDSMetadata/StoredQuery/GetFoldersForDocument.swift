/// GetFoldersForDocument: Folders that hold a DocumentEntry.
///
/// - Source: ITI TF-2: 3.18.4.1.2.3.7.12.
public struct GetFoldersForDocument: Hashable, Sendable {
    /// Which entry; a uniqueId stands for all entries that have it.
    public let selection: ObjectSelection
    /// Statuses, one of which a membership has; never empty.
    public let associationStatuses: Set<AvailabilityStatus>
    /// Which versions are looked at and shown.
    public let metadataLevel: MetadataLevel

    /// Reads the parameters; nil if neither way to name the entry is usable.
    init?(_ parameters: inout QueryParameters) {
        typealias Name = QueryParameterName
        let selection = parameters.object(entryUUID: Name.documentEntryEntryUUID, uniqueId: Name.documentEntryUniqueId)
        associationStatuses = parameters.associationStatuses()
        metadataLevel = parameters.metadataLevel()
        guard let selection else { return nil }
        self.selection = selection
    }
}
