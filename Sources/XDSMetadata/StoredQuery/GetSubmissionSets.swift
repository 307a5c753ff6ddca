public import FoundationEssentials

/// GetSubmissionSets: SubmissionSets that hold one of the given objects, and the HasMember Associations that say so.
///
/// - Source: ITI TF-2: 3.18.4.1.2.3.7.9.
public struct GetSubmissionSets: Hashable, Sendable {
    /// DocumentEntries and Folders. Values that are no UUID name nothing and are left out.
    public let objects: [UUID]

    /// Reads the parameters; nil if the objects are not given.
    init?(_ parameters: inout QueryParameters) {
        let objects = parameters.many(QueryParameterName.uuid, .entryUUID, .given)
        // What is asked for has one version, so the level is checked and changes nothing.
        _ = parameters.metadataLevel()
        guard let objects else { return nil }
        self.objects = objects
    }
}
