public import FoundationEssentials

/// GetAssociations: Associations whose source or target is one of the given objects.
///
/// - Source: ITI TF-2: 3.18.4.1.2.3.7.7.
public struct GetAssociations: Hashable, Sendable {
    /// The objects, of any kind. Values that are no UUID name nothing and are left out.
    public let objects: [UUID]
    /// Statuses, one of which an Association has; never empty.
    public let associationStatuses: Set<AvailabilityStatus>

    /// Reads the parameters; nil if the objects are not given.
    init?(_ parameters: inout QueryParameters) {
        let objects = parameters.many(QueryParameterName.uuid, .entryUUID, .given)
        associationStatuses = parameters.associationStatuses()
        // Associations have one version, so the level is checked and changes nothing.
        _ = parameters.metadataLevel()
        guard let objects else { return nil }
        self.objects = objects
    }
}
