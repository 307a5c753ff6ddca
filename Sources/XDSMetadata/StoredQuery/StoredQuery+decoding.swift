extension StoredQuery {
    /// What became of a query that cannot be run: every error found, never empty.
    public struct Refusal: Error, Hashable, Sendable {
        /// The errors in the order of the parameters.
        public let errors: [RegistryError]
        /// Habits of the sender.
        public let deviations: Set<Deviation>

        init(errors: [RegistryError], deviations: Set<Deviation>) {
            self.errors = errors
            self.deviations = deviations
        }

        /// There is no such query.
        fileprivate init(unknownQuery context: String) {
            let error = RegistryError(.unknownStoredQuery, context, location: ErrorSubject.query)
            self.init(errors: [error.found(by: .registry)], deviations: [])
        }
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
    ///   XDSRegistryError for a malformed value; context and location of each name the parameter.
    public static func decode(
        _ adhocQuery: AdhocQuery, of transaction: TransactionID = .registryStoredQuery
    ) throws(Refusal) -> Decoded {
        guard let id = StoredQueryID(rawValue: adhocQuery.id) else {
            throw Refusal(unknownQuery: "no stored query with this id is supported")
        }
        guard id.transaction == transaction else {
            throw Refusal(
                unknownQuery: "the stored query belongs to \(id.transaction.rawValue), not to \(transaction.rawValue)")
        }
        var parameters = QueryParameters(adhocQuery)
        let query = read(id, &parameters)
        guard let query, parameters.errors.isEmpty else {
            throw Refusal(errors: parameters.errors, deviations: parameters.deviations)
        }
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
