/// The transactions this product speaks: number, and actions of request and answer.
///
/// - Source: ITI TF-2, the WSDL section of each transaction.
public enum TransactionID: String, Hashable, Sendable, CaseIterable {
    /// Provide and Register Document Set-b.
    case provideAndRegisterDocumentSet = "ITI-41"
    /// Register Document Set-b.
    case registerDocumentSet = "ITI-42"
    /// Registry Stored Query.
    case registryStoredQuery = "ITI-18"
    /// Retrieve Document Set.
    case retrieveDocumentSet = "ITI-43"

    /// `wsa:Action` of the request.
    public var requestAction: String {
        switch self {
        case .provideAndRegisterDocumentSet: "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b"
        case .registerDocumentSet: "urn:ihe:iti:2007:RegisterDocumentSet-b"
        case .registryStoredQuery: "urn:ihe:iti:2007:RegistryStoredQuery"
        case .retrieveDocumentSet: "urn:ihe:iti:2007:RetrieveDocumentSet"
        }
    }

    /// `wsa:Action` of the answer.
    public var responseAction: String { requestAction + "Response" }
}
