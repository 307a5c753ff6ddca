public import FoundationEssentials
public import XDSMetadata

/// The smallest valid form of every stored query; add or change parameters for more.
extension SampleQuery {
    /// A query with parameters whose Values are written as they are given.
    public static func of(_ id: StoredQueryID, _ parameters: KeyValuePairs<String, String> = [:]) -> SampleQuery {
        SampleQuery(id: id.rawValue, parameters: parameters.map { Slot(name: $0.key, values: [$0.value]) })
    }

    /// The transaction the query belongs to.
    public var transaction: TransactionID { StoredQueryID(rawValue: id)?.transaction ?? .registryStoredQuery }

    // MARK: Values

    /// `'text'`.
    public static func literal(_ text: String) -> String {
        var literal = "'"
        for character in text { literal += character == "'" ? "''" : String(character) }
        return literal + "'"
    }

    /// `('text','text')`.
    public static func list(_ texts: [String]) -> String {
        "(" + texts.map(literal).joined(separator: ",") + ")"
    }

    /// `('urn:uuid:...')`.
    public static func list(_ ids: [UUID]) -> String { list(ids.map(\.urn)) }

    private static let approved = list([AvailabilityStatus.approved.rawValue])

    // MARK: Find queries

    /// FindDocuments under the id of one of its kin.
    public static func findDocuments(_ id: StoredQueryID, patientId: String = SampleMetadata.patientId) -> SampleQuery {
        .of(id, ["$XDSDocumentEntryPatientId": literal(patientId), "$XDSDocumentEntryStatus": approved])
    }

    /// FindSubmissionSets for the Approved ones of a patient.
    public static func findSubmissionSets(patientId: String = SampleMetadata.patientId) -> SampleQuery {
        .of(
            .findSubmissionSets,
            ["$XDSSubmissionSetPatientId": literal(patientId), "$XDSSubmissionSetStatus": approved])
    }

    /// FindFolders for the Approved ones of a patient.
    public static func findFolders(patientId: String = SampleMetadata.patientId) -> SampleQuery {
        .of(.findFolders, ["$XDSFolderPatientId": literal(patientId), "$XDSFolderStatus": approved])
    }

    /// GetAll for the Approved objects of a patient.
    public static func getAll(patientId: String = SampleMetadata.patientId) -> SampleQuery {
        .of(
            .getAll,
            [
                "$patientId": literal(patientId), "$XDSDocumentEntryStatus": approved,
                "$XDSSubmissionSetStatus": approved, "$XDSFolderStatus": approved,
            ])
    }

    /// FindDocumentsForMultiplePatients, for these patients or without any.
    public static func findDocumentsForMultiplePatients(
        _ patientIds: [String], _ id: StoredQueryID = .findDocumentsForMultiplePatients
    ) -> SampleQuery {
        let query = SampleQuery.of(id, ["$XDSDocumentEntryStatus": approved])
        return patientIds.isEmpty ? query : query.with("$XDSDocumentEntryPatientId", list(patientIds))
    }

    /// FindFoldersForMultiplePatients, for these patients or without any.
    public static func findFoldersForMultiplePatients(_ patientIds: [String]) -> SampleQuery {
        let query = SampleQuery.of(.findFoldersForMultiplePatients, ["$XDSFolderStatus": approved])
        return patientIds.isEmpty ? query : query.with("$XDSFolderPatientId", list(patientIds))
    }

    // MARK: Get queries

    /// GetFolders by entryUUID.
    public static func getFolders(_ ids: [UUID]) -> SampleQuery {
        .of(.getFolders, ["$XDSFolderEntryUUID": list(ids)])
    }

    /// GetAssociations of objects.
    public static func getAssociations(_ ids: [UUID]) -> SampleQuery { .of(.getAssociations, ["$uuid": list(ids)]) }

    /// GetDocumentsAndAssociations by entryUUID.
    public static func getDocumentsAndAssociations(_ ids: [UUID]) -> SampleQuery {
        .of(.getDocumentsAndAssociations, ["$XDSDocumentEntryEntryUUID": list(ids)])
    }

    /// GetSubmissionSets of objects.
    public static func getSubmissionSets(_ ids: [UUID]) -> SampleQuery { .of(.getSubmissionSets, ["$uuid": list(ids)]) }

    /// GetSubmissionSetAndContents by entryUUID.
    public static func getSubmissionSetAndContents(_ id: UUID) -> SampleQuery {
        .of(.getSubmissionSetAndContents, ["$XDSSubmissionSetEntryUUID": literal(id.urn)])
    }

    /// GetFolderAndContents by entryUUID.
    public static func getFolderAndContents(_ id: UUID) -> SampleQuery {
        .of(.getFolderAndContents, ["$XDSFolderEntryUUID": literal(id.urn)])
    }

    /// GetFoldersForDocument by entryUUID.
    public static func getFoldersForDocument(_ id: UUID) -> SampleQuery {
        .of(.getFoldersForDocument, ["$XDSDocumentEntryEntryUUID": literal(id.urn)])
    }

    /// GetRelatedDocuments by entryUUID.
    public static func getRelatedDocuments(_ id: UUID, _ types: [AssociationType]) -> SampleQuery {
        .of(
            .getRelatedDocuments,
            ["$XDSDocumentEntryEntryUUID": literal(id.urn), "$AssociationTypes": list(types.map(\.rawValue))])
    }
}
