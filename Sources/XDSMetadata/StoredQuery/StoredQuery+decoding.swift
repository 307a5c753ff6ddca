extension StoredQuery {
    /// What became of a query that cannot be run: every error found, never empty.
    public struct Refusal: Error, Hashable, Sendable {
        /// The errors in the order of the parameters.
        public let errors: [RegistryError]
    }

    /// A query and what was noticed while reading it.
    public struct Decoded: Hashable, Sendable {
        /// The query.
        public let query: StoredQuery
        /// Habits of the sender.
        public let deviations: Set<Deviation>
    }

    /// Reads a query.
    ///
    /// - Parameter transaction: the transaction that asks; each has queries of its own.
    /// - Throws: Refusal with XDSUnknownStoredQuery, XDSStoredQueryMissingParam, XDSStoredQueryParamNumber, or
    ///   XDSRegistryError for a malformed value; the context of each names the parameter.
    public static func decode(
        _ adhocQuery: AdhocQuery, of transaction: TransactionID = .registryStoredQuery
    ) throws(Refusal) -> Decoded {
        guard let id = StoredQueryID(rawValue: adhocQuery.id) else {
            throw Refusal(errors: [RegistryError(.unknownStoredQuery, "no stored query with this id is supported")])
        }
        guard id.transaction == transaction else {
            let context = "the stored query belongs to \(id.transaction.rawValue), not to \(transaction.rawValue)"
            throw Refusal(errors: [RegistryError(.unknownStoredQuery, context)])
        }
        var parameters = QueryParameters(adhocQuery)
        let query = read(id, &parameters)
        guard let query, parameters.errors.isEmpty else { throw Refusal(errors: parameters.errors) }
        return Decoded(query: query, deviations: parameters.deviations)
    }

    private static func read(_ id: StoredQueryID, _ parameters: inout QueryParameters) -> StoredQuery? {
        switch id {
        case .findDocuments: FindDocuments(&parameters).map { .findDocuments($0) }
        case .findDocumentsByReferenceId:
            FindDocumentsByReferenceId(&parameters).map { .findDocumentsByReferenceId($0) }
        case .findDocumentsExclude: FindDocumentsExclude(&parameters).map { .findDocumentsExclude($0) }
        case .findDocumentsByTitle: FindDocumentsByTitle(&parameters).map { .findDocumentsByTitle($0) }
        case .findSubmissionSets: FindSubmissionSets(&parameters).map { .findSubmissionSets($0) }
        case .findFolders: FindFolders(&parameters).map { .findFolders($0) }
        case .getAll: GetAll(&parameters).map { .getAll($0) }
        case .getDocuments: GetDocuments(&parameters).map { .getDocuments($0) }
        case .getFolders: GetFolders(&parameters).map { .getFolders($0) }
        case .getAssociations: GetAssociations(&parameters).map { .getAssociations($0) }
        case .getDocumentsAndAssociations:
            GetDocumentsAndAssociations(&parameters).map { .getDocumentsAndAssociations($0) }
        case .getSubmissionSets: GetSubmissionSets(&parameters).map { .getSubmissionSets($0) }
        case .getSubmissionSetAndContents:
            GetSubmissionSetAndContents(&parameters).map { .getSubmissionSetAndContents($0) }
        case .getFolderAndContents: GetFolderAndContents(&parameters).map { .getFolderAndContents($0) }
        case .getFoldersForDocument: GetFoldersForDocument(&parameters).map { .getFoldersForDocument($0) }
        case .getRelatedDocuments: GetRelatedDocuments(&parameters).map { .getRelatedDocuments($0) }
        case .findDocumentsForMultiplePatients:
            FindDocumentsForMultiplePatients(&parameters).map { .findDocumentsForMultiplePatients($0) }
        case .findFoldersForMultiplePatients:
            FindFoldersForMultiplePatients(&parameters).map { .findFoldersForMultiplePatients($0) }
        case .findDocumentsByReferenceIdForMultiplePatients:
            FindDocumentsByReferenceIdForMultiplePatients(&parameters)
                .map { .findDocumentsByReferenceIdForMultiplePatients($0) }
        }
    }
}
