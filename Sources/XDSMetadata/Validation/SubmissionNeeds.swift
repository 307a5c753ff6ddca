public import FoundationEssentials

/// What the registry has to look up before a submission can be judged: computed once, fetched in one go.
public struct SubmissionNeeds: Hashable, Sendable {
    /// patientIds of the submitted objects, well-formed ones only.
    public let patientIds: Set<PatientID>
    /// uniqueIds of the submitted DocumentEntries.
    public let documentUniqueIds: Set<String>
    /// uniqueIds of the submitted SubmissionSets and Folders; no object of the registry may have them.
    public let packageUniqueIds: Set<String>
    /// UUIDs of submitted objects, where the sender chose them; no object of the registry may have them.
    let submittedIds: Set<UUID>
    /// `submittedIds`, and the ends of Associations.
    public let objectIds: Set<UUID>
    /// Targets of RPLC and XFRM_RPLC: their XFRM and APND children and their Folders are needed too.
    public let replacedDocuments: Set<UUID>

    /// Computes the needs of a submission.
    public init(_ submission: UnverifiedSubmission) {
        var patientIds: Set<PatientID> = []
        var documentUniqueIds: Set<String> = []
        var packageUniqueIds: Set<String> = []
        var submittedIds: Set<UUID> = []
        for object in submission.allObjects {
            if let patient = object.patientId { patientIds.insert(patient) }
            if let uuid = object.entryUUID.uuid { submittedIds.insert(uuid) }
            guard let uniqueId = object.uniqueId else { continue }
            if object.kind == .documentEntry {
                documentUniqueIds.insert(uniqueId)
            } else {
                packageUniqueIds.insert(uniqueId)
            }
        }
        var objectIds = submittedIds
        var replaced: Set<UUID> = []
        for association in submission.associations {
            objectIds.formUnion([association.source, association.target].compactMap(\.uuid))
            if association.type?.replacesTarget == true, let target = association.target.uuid {
                replaced.insert(target)
            }
        }
        self.patientIds = patientIds
        self.documentUniqueIds = documentUniqueIds
        self.packageUniqueIds = packageUniqueIds
        self.submittedIds = submittedIds
        self.objectIds = objectIds
        replacedDocuments = replaced
    }

    /// The ids that the submitted objects bring: uniqueIds, and UUIDs that the sender chose.
    public var ownIds: Set<String> {
        documentUniqueIds.union(packageUniqueIds).union(submittedIds.map(\.urn))
    }

    /// The needs of several submissions together.
    public init(union needs: [SubmissionNeeds]) {
        patientIds = needs.reduce(into: []) { $0.formUnion($1.patientIds) }
        documentUniqueIds = needs.reduce(into: []) { $0.formUnion($1.documentUniqueIds) }
        packageUniqueIds = needs.reduce(into: []) { $0.formUnion($1.packageUniqueIds) }
        submittedIds = needs.reduce(into: []) { $0.formUnion($1.submittedIds) }
        objectIds = needs.reduce(into: []) { $0.formUnion($1.objectIds) }
        replacedDocuments = needs.reduce(into: []) { $0.formUnion($1.replacedDocuments) }
    }
}
