/// GetDocumentsAndAssociations: DocumentEntries by id, and the Associations that touch one of them.
///
/// - Source: ITI TF-2: 3.18.4.1.2.3.7.8.
public struct GetDocumentsAndAssociations: Hashable, Sendable {
    /// Which entries.
    public let selection: ObjectSelection
    /// Statuses, one of which an Association has; never empty.
    public let associationStatuses: Set<AvailabilityStatus>
    /// Which versions are shown.
    public let metadataLevel: MetadataLevel

    /// Reads the parameters; nil if neither way to name an entry is usable.
    init?(_ parameters: inout QueryParameters) {
        typealias Name = QueryParameterName
        metadataLevel = parameters.metadataLevel()
        let selection = parameters.objects(
            entryUUID: Name.documentEntryEntryUUID, uniqueId: Name.documentEntryUniqueId, level: metadataLevel)
        associationStatuses = parameters.associationStatuses()
        guard let selection else { return nil }
        self.selection = selection
    }
}
