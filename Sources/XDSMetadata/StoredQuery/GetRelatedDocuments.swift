/// GetRelatedDocuments: the relationships of a DocumentEntry of the listed types, and the entries at both their ends.
///
/// - Source: ITI TF-2: 3.18.4.1.2.3.7.13.
public struct GetRelatedDocuments: Hashable, Sendable {
    /// Which entry; a uniqueId stands for all entries that have it.
    public let selection: ObjectSelection
    /// Types of relationships. Memberships and types nobody knows match nothing and are left out.
    public let associationTypes: Set<AssociationType>
    /// Limits the entries at both ends by kind.
    public let filter: DocumentEntryFilter
    /// Statuses, one of which a relationship has; never empty.
    public let associationStatuses: Set<AvailabilityStatus>
    /// Which versions are shown.
    public let metadataLevel: MetadataLevel

    /// Reads the parameters; nil if a required one is not usable.
    init?(_ parameters: inout QueryParameters) {
        typealias Name = QueryParameterName
        let selection = parameters.object(entryUUID: Name.documentEntryEntryUUID, uniqueId: Name.documentEntryUniqueId)
        let types: [AssociationType]? = parameters.many(Name.associationTypes, .urn, .given)
        filter = DocumentEntryFilter(types: parameters.documentEntryTypes())
        associationStatuses = parameters.associationStatuses()
        metadataLevel = parameters.metadataLevel()
        guard let selection, let types else { return nil }
        self.selection = selection
        associationTypes = Set(types.filter(\.isRelationship))
    }
}
