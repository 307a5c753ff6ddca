public import PostgresKit
public import SOAPKit
public import XDSMetadata

/// The Document Repository actor: keeps the bytes of documents and gives them out.
///
/// - Source: ITI TF-1: 10.1.1.3; transactions ITI-41, ITI-43 and ITI-86.
public struct DocumentRepository: Sendable {
    let uniqueID: OID
    let catalogue: StoredDocumentCatalogue
    let store: FileBlobStore
    let registry: any RegistrySubmitter
    let internalError: @Sendable (any Error, String) -> RegistryError

    /// Appends the condition on a row of `document_entry`, given its alias, under which a caller sees the entry: the
    /// registry's rule, which the gateway hands over (ADR 0011).
    public typealias EntryIsVisible = @Sendable (AccessScope, String, inout PostgresQuery.StringInterpolation) -> Void

    /// A repository.
    /// - Parameters:
    ///   - uniqueID: repositoryUniqueId, an OID.
    ///   - client: the database that holds the catalogue of stored documents.
    ///   - store: the bytes.
    ///   - registry: where submissions are registered.
    ///   - entryIsVisible: who sees what; everything if it is left out.
    ///   - internalError: what a partner is told of a failure inside, given the error and the request id.
    public init(
        uniqueID: OID, client: PostgresClient, store: FileBlobStore, registry: any RegistrySubmitter,
        entryIsVisible: @escaping EntryIsVisible = { _, _, text in text.appendLiteral("true") },
        internalError: @escaping @Sendable (any Error, String) -> RegistryError
    ) {
        self.uniqueID = uniqueID
        self.catalogue = StoredDocumentCatalogue(
            client: client, repositoryUniqueID: uniqueID.text, entryIsVisible: entryIsVisible)
        self.store = store
        self.registry = registry
        self.internalError = internalError
    }

    /// The operations of this actor.
    public var operations: [SOAPOperation<Caller, StagedBlob>] {
        [
            ProvideAndRegisterHandler(repository: self).operation,
            RetrieveDocumentSetHandler(repository: self).operation,
            RemoveDocumentsHandler(repository: self).operation,
        ]
    }
}
