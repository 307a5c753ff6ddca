/// A decoded stored query: the only input of the store.
///
/// - Source: ITI TF-2: 3.18.4.1.2.3.7.
public enum StoredQuery: Hashable, Sendable {
    /// DocumentEntries of a patient.
    case findDocuments(FindDocuments)
    /// DocumentEntries by id.
    case getDocuments(GetDocuments)

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
    /// - Throws: Refusal with XDSUnknownStoredQuery, XDSStoredQueryMissingParam, XDSStoredQueryParamNumber, or
    ///   XDSRegistryError for a malformed value; the context of each names the parameter.
    public static func decode(_ adhocQuery: AdhocQuery) throws(Refusal) -> Decoded {
        var parameters = QueryParameters(adhocQuery)
        let query: StoredQuery?
        switch StoredQueryID(rawValue: adhocQuery.id) {
        case .findDocuments: query = FindDocuments(&parameters).map { .findDocuments($0) }
        case .getDocuments: query = GetDocuments(&parameters).map { .getDocuments($0) }
        default:
            query = nil
            parameters.report(.unknownStoredQuery, "the stored query is not supported")
        }
        guard let query, parameters.errors.isEmpty else { throw Refusal(errors: parameters.errors) }
        return Decoded(query: query, deviations: parameters.deviations)
    }

    /// Which stored query it is.
    public var id: StoredQueryID {
        switch self {
        case .findDocuments: .findDocuments
        case .getDocuments: .getDocuments
        }
    }
}
