/// `AdhocQuery/@id`: which stored query is asked.
///
/// - Source: ITI TF-2: 3.18.4.1.2.4; 3.51.4.1.2 for the multi-patient queries; CP-ITI-1323.
public enum StoredQueryID: String, Hashable, Sendable, CaseIterable {
    /// DocumentEntries of a patient.
    case findDocuments = "urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d"
    /// SubmissionSets of a patient.
    case findSubmissionSets = "urn:uuid:f26abbcb-ac74-4422-8a30-edb644bbc1a9"
    /// Folders of a patient.
    case findFolders = "urn:uuid:958f3006-baad-4929-a4de-ff1114824431"
    /// Everything about a patient.
    case getAll = "urn:uuid:10b545ea-725c-446d-9b95-8aeb444eddf3"
    /// DocumentEntries by id.
    case getDocuments = "urn:uuid:5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4"
    /// Folders by id.
    case getFolders = "urn:uuid:5737b14c-8a1a-4539-b659-e03a34a5e1e4"
    /// Associations that touch the given objects.
    case getAssociations = "urn:uuid:a7ae438b-4bc2-4642-93e9-be891f7bb155"
    /// DocumentEntries by id, and the Associations that touch them.
    case getDocumentsAndAssociations = "urn:uuid:bab9529a-4a10-40b3-a01f-f68a615d247a"
    /// SubmissionSets that hold the given objects.
    case getSubmissionSets = "urn:uuid:51224314-5390-4169-9b91-b1980040715a"
    /// A SubmissionSet and what it holds.
    case getSubmissionSetAndContents = "urn:uuid:e8e3cb2c-e39c-46b9-99e4-c12f57260b83"
    /// A Folder and what it holds.
    case getFolderAndContents = "urn:uuid:b909a503-523d-4517-8acf-8e5834dfc4c7"
    /// Folders that hold a document.
    case getFoldersForDocument = "urn:uuid:10cae35a-c7f9-4cf5-b61e-fc3278ffb578"
    /// Documents in a relationship with the given one.
    case getRelatedDocuments = "urn:uuid:d90e5407-b356-4d91-a89f-873917b4b0e6"
    /// FindDocuments with a reference id (Reference ID Option).
    case findDocumentsByReferenceId = "urn:uuid:12941a89-e02e-4be5-967c-ce4bfc8fe492"
    /// FindDocuments with values that exclude.
    case findDocumentsExclude = "urn:uuid:4308b1df-36de-4bef-8e2e-ba91f593c435"
    /// FindDocuments with a title or author institution (gematik).
    case findDocumentsByTitle = "urn:uuid:ab474085-82b5-402d-8115-3f37cb1e2405"
    /// ITI-51: FindDocuments over several patients.
    case findDocumentsForMultiplePatients = "urn:uuid:3d1bdb10-39a2-11de-89c2-2f44d94eaa9f"
    /// ITI-51: FindFolders over several patients.
    case findFoldersForMultiplePatients = "urn:uuid:50d3f5ac-39a2-11de-a1ca-b366239e58df"
    /// ITI-51: FindDocumentsByReferenceId over several patients.
    case findDocumentsByReferenceIdForMultiplePatients = "urn:uuid:1191642d-86c4-42d8-b784-f95445f9f0d5"

    /// The transaction that may ask it.
    public var transaction: TransactionID {
        switch self {
        case .findDocumentsForMultiplePatients, .findFoldersForMultiplePatients,
            .findDocumentsByReferenceIdForMultiplePatients:
            .multiPatientStoredQuery
        default: .registryStoredQuery
        }
    }
}
