public import FoundationEssentials

/// GetDocuments: DocumentEntries by id, stable and on-demand, of any status. Unknown ids give no error.
///
/// - Source: ITI TF-2: 3.18.4.1.2.3.7.5.
public struct GetDocuments: Hashable, Sendable {
    /// How the entries are named; exactly one way.
    public enum Selection: Hashable, Sendable {
        /// By entryUUID. Values that are no UUID name nothing and are left out.
        case entryUUIDs([UUID])
        /// By uniqueId; one may stand for several entries.
        case uniqueIds([String])
        /// By logicalID.
        case logicalIDs([UUID])
    }

    /// Which entries.
    public let selection: Selection
    /// Which versions are shown.
    public let metadataLevel: MetadataLevel

    /// Reads the parameters; nil if none of the three ways to name an entry is usable.
    init?(_ parameters: inout QueryParameters) {
        typealias Name = QueryParameterName
        let given = parameters.exactlyOneOf(
            Name.documentEntryEntryUUID, Name.documentEntryUniqueId, Name.documentEntryLogicalID
        )
        metadataLevel = parameters.metadataLevel()
        let selection: Selection? =
            switch given {
            case Name.documentEntryEntryUUID:
                parameters.many(Name.documentEntryEntryUUID, .entryUUID).map { .entryUUIDs($0) }
            case Name.documentEntryUniqueId:
                parameters.many(Name.documentEntryUniqueId, .text).map { .uniqueIds($0) }
            case Name.documentEntryLogicalID:
                parameters.many(Name.documentEntryLogicalID, .entryUUID).map { .logicalIDs($0) }
            default: nil
            }
        guard let selection else { return nil }
        self.selection = selection
    }
}
