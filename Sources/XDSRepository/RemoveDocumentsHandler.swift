import SOAPKit
import XDSMetadata

/// Remove Documents: by uniqueId; the metadata in the registry stay (ITI-62 removes them).
///
/// The rows go first, in one transaction, then the bytes that no other document needs. An interruption leaves bytes
/// without a row, which are invisible and are swept.
/// - Source: RMD supplement, ITI TF-2: 3.86. All removed: Success; some: PartialSuccess; none: Failure; an error for
///   each that was not.
struct RemoveDocumentsHandler: Sendable {
    private typealias DocumentRequest = RetrieveDocumentSetRequest.DocumentRequest

    let repository: DocumentRepository

    /// The operation as the router offers it.
    var operation: SOAPOperation<Caller, StagedBlob> {
        SOAPOperation(
            action: TransactionID.removeDocuments.requestAction,
            replyAction: TransactionID.removeDocuments.responseAction, packaging: .simple,
            bodyElement: RemoveDocumentsRequest.element,
            handle: { request, caller in await respond(to: request, caller: caller) })
    }

    private func respond(to request: SOAPRequest<StagedBlob>, caller: Caller) async -> SOAPReply {
        let response: RegistryResponse
        do {
            let remove = try RemoveDocumentsRequest(decoding: request.envelope.body)
            response = try await answer(remove, caller: caller)
        } catch let error as MessageDecodingError {
            response = RegistryResponse(errors: [
                RegistryError(.repositoryError, error.description).found(by: .repository)
            ])
        } catch {
            response = RegistryResponse(errors: [repository.internalError(error, caller.requestID)])
        }
        return SOAPReply(body: [response.encoded()], attachments: [], outcome: response.status.name)
    }

    private func answer(_ remove: RemoveDocumentsRequest, caller: Caller) async throws -> RegistryResponse {
        let ours = remove.documents.filter { $0.repositoryUniqueId == repository.uniqueID.text }
        let removal =
            ours.isEmpty
            ? .init() : try await repository.catalogue.remove(ours.map(\.documentUniqueId), mayRemove: caller.mayChange)
        await removeBytes(removal.addresses, caller: caller)
        let errors = remove.documents.compactMap { error(about: $0, after: removal) }
        let status: ResponseStatus =
            errors.isEmpty ? .success : (removal.removed.isEmpty ? .failure : .partialSuccess)
        return RegistryResponse(status: status, errors: errors)
    }

    /// The documents are gone whether this succeeds or not; the sweep removes what it leaves.
    private func removeBytes(_ addresses: Set<ContentAddress>, caller: Caller) async {
        let bytes = UnneededBytes(client: repository.catalogue.client, store: repository.store)
        for address in addresses {
            do {
                _ = try await bytes.removeUnneeded(address)
            } catch {
                // Told to the administrator, not to the partner.
                _ = repository.internalError(error, caller.requestID)
            }
        }
    }

    // MARK: Errors (ITI TF-3: 4.2.4.1)

    private func error(
        about request: DocumentRequest, after removal: StoredDocumentCatalogue.Removal
    ) -> RegistryError? {
        let id = request.documentUniqueId
        if request.repositoryUniqueId != repository.uniqueID.text { return repository.unknownRepository(request) }
        if removal.removed.contains(id) { return nil }
        guard removal.refused.contains(id) else { return repository.unknownDocument(request) }
        return ErrorSubject("DocumentRequest", id).error(
            .removeDocuments,
            "the document was stored by another organisation, and yours may remove only what it stored itself",
            attribute: "DocumentUniqueId"
        ).found(by: .repository)
    }
}
