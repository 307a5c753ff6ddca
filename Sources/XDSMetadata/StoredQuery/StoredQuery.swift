/// A decoded stored query: the only input of the store.
///
/// - Source: ITI TF-2: 3.18.4.1.2.3.7 and 3.51.4.1.2.
public enum StoredQuery: Hashable, Sendable {
    /// DocumentEntries of a patient.
    case findDocuments(FindDocuments)
    /// DocumentEntries of a patient with a reference id.
    case findDocumentsByReferenceId(FindDocumentsByReferenceId)
    /// DocumentEntries of a patient without those that carry listed values.
    case findDocumentsExclude(FindDocumentsExclude)
    /// DocumentEntries of a patient by title or author institution.
    case findDocumentsByTitle(FindDocumentsByTitle)
    /// SubmissionSets of a patient.
    case findSubmissionSets(FindSubmissionSets)
    /// Folders of a patient.
    case findFolders(FindFolders)
    /// Everything about a patient.
    case getAll(GetAll)
    /// DocumentEntries by id.
    case getDocuments(GetDocuments)
    /// Folders by id.
    case getFolders(GetFolders)
    /// Associations that touch the given objects.
    case getAssociations(GetAssociations)
    /// DocumentEntries by id, and the Associations that touch them.
    case getDocumentsAndAssociations(GetDocumentsAndAssociations)
    /// SubmissionSets that hold the given objects.
    case getSubmissionSets(GetSubmissionSets)
    /// A SubmissionSet and what it holds.
    case getSubmissionSetAndContents(GetSubmissionSetAndContents)
    /// A Folder and what it holds.
    case getFolderAndContents(GetFolderAndContents)
    /// Folders that hold a document.
    case getFoldersForDocument(GetFoldersForDocument)
    /// Documents in a relationship with the given one.
    case getRelatedDocuments(GetRelatedDocuments)
    /// ITI-51: DocumentEntries of several patients.
    case findDocumentsForMultiplePatients(FindDocumentsForMultiplePatients)
    /// ITI-51: DocumentEntries of several patients with a reference id.
    case findDocumentsByReferenceIdForMultiplePatients(FindDocumentsByReferenceIdForMultiplePatients)
    /// ITI-51: Folders of several patients.
    case findFoldersForMultiplePatients(FindFoldersForMultiplePatients)

    /// The patient of a query about one patient; nil for queries by ids and for those of ITI-51.
    public var patientId: PatientID? {
        switch self {
        case .findDocuments(let query): query.patientId
        case .findDocumentsByReferenceId(let query): query.find.patientId
        case .findDocumentsExclude(let query): query.find.patientId
        case .findDocumentsByTitle(let query): query.find.patientId
        case .findSubmissionSets(let query): query.patientId
        case .findFolders(let query): query.patientId
        case .getAll(let query): query.patientId
        default: nil
        }
    }

    /// Whether an answer with whole objects may be about several patients: ITI-51 alone.
    ///
    /// - Source: ITI TF-2: 3.18.4.1.2.3.4 and 3.51.
    public var allowsSeveralPatients: Bool {
        switch self {
        case .findDocumentsForMultiplePatients, .findDocumentsByReferenceIdForMultiplePatients,
            .findFoldersForMultiplePatients:
            true
        default: false
        }
    }
}
