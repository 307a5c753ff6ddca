public import FoundationEssentials

/// What the registry has to look up before an update can be judged: computed once, fetched in one go.
public struct UpdateNeeds: Hashable, Sendable {
    /// patientIds of the SubmissionSet and the new versions, well-formed ones only.
    public let patientIds: Set<PatientID>
    /// uniqueId of the SubmissionSet; no object of the registry may have it.
    public let packageUniqueIds: Set<String>
    /// UUIDs of submitted objects, which must not exist, of targets of triggers, and of ends of Associations.
    public let objectIds: Set<UUID>
    /// logicalIDs whose latest versions are updated.
    public let logicalIDs: Set<UUID>
    /// uniqueIds of DocumentEntries that came without lid: their latest versions are found by them (ITI-92).
    public let documentUniqueIds: Set<String>

    /// Computes the needs of an update.
    public init(_ update: UnverifiedUpdate) {
        let submission = update.submission
        var objectIds = Set(submission.allObjects.compactMap(\.entryUUID.uuid))
        for association in submission.associations {
            objectIds.formUnion([association.source, association.target].compactMap(\.uuid))
        }
        self.objectIds = objectIds
        patientIds = Set(submission.allObjects.compactMap(\.patientId))
        packageUniqueIds = Set(submission.submissionSets.compactMap { SubmittedObject.package($0).uniqueId })
        let versions = update.triggers.compactMap(\.versionUpdate)
        logicalIDs = Set(versions.compactMap { $0.logicalID?.uuid })
        documentUniqueIds = Set(
            versions.filter { $0.kind == .documentEntry && $0.logicalID == nil }.compactMap(\.object.uniqueId))
    }
}
