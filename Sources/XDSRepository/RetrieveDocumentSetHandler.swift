import NIOCore
import SOAPKit
import XDSMetadata

/// Retrieve Document Set: documents by uniqueId, each streamed from its file.
///
/// - Source: ITI TF-2: 3.43. All found: Success; some: PartialSuccess with an error for each that is missing; none: Failure.
struct RetrieveDocumentSetHandler: Sendable {
    private typealias DocumentRequest = RetrieveDocumentSetRequest.DocumentRequest

    let repository: DocumentRepository

    /// The operation as the router offers it.
    var operation: SOAPOperation<Caller, StagedBlob> {
        SOAPOperation(
            action: TransactionID.retrieveDocumentSet.requestAction,
            replyAction: TransactionID.retrieveDocumentSet.responseAction, packaging: .mtom,
            bodyElement: RetrieveDocumentSetRequest.element,
            handle: { request, caller in await respond(to: request, caller: caller) })
    }

    private func respond(to request: SOAPRequest<StagedBlob>, caller: Caller) async -> SOAPReply {
        do {
            let retrieve = try RetrieveDocumentSetRequest(decoding: request.envelope.body)
            return try await answer(retrieve, caller: caller)
        } catch let error as MessageDecodingError {
            return reply([], errors: [RegistryError(.repositoryError, error.description).found(by: .repository)])
        } catch {
            return reply([], errors: [repository.internalError(error, caller.requestID)])
        }
    }

    private func answer(_ retrieve: RetrieveDocumentSetRequest, caller: Caller) async throws -> SOAPReply {
        let ours = retrieve.documents.filter { $0.repositoryUniqueId == repository.uniqueID.text }
        let known =
            ours.isEmpty
            ? .init() : try await repository.catalogue.select(ours.map(\.documentUniqueId), for: caller.access)
        caller.facts.note(withheld: known.hidden, by: repository.uniqueID)
        var found: [(request: DocumentRequest, entry: StoredDocumentCatalogue.Entry)] = []
        var errors: [RegistryError] = []
        for request in retrieve.documents {
            if request.repositoryUniqueId != repository.uniqueID.text {
                errors.append(repository.unknownRepository(request))
            } else if let entry = known.entries[request.documentUniqueId] {
                if try await repository.store.contains(entry.address) {
                    found.append((request, entry))
                } else if try await isGone(entry, caller: caller) {
                    errors.append(repository.unknownDocument(request))
                } else {
                    // A row without its bytes is a damaged store: an internal error, logged, never an empty document. The
                    // other documents of the request are given out.
                    let damage = BlobStoreError(.missingBytes, operation: "retrieve")
                    errors.append(repository.internalError(damage, caller.requestID))
                }
            } else {
                errors.append(repository.unknownDocument(request))
            }
        }
        return reply(found, errors: errors)
    }

    /// Whether a document was removed (ITI-86), or hidden, since it was asked for.
    private func isGone(_ entry: StoredDocumentCatalogue.Entry, caller: Caller) async throws -> Bool {
        let now = try await repository.catalogue.select([entry.uniqueID], for: caller.access)
        caller.facts.note(withheld: now.hidden, by: repository.uniqueID)
        return now.entries.isEmpty
    }

    /// The answer as XML with the documents between its pieces; the router sends each as a MIME part or as base64, as the
    /// packaging of the request demands.
    private func reply(
        _ found: [(request: DocumentRequest, entry: StoredDocumentCatalogue.Entry)], errors: [RegistryError]
    ) -> SOAPReply {
        let response = RetrieveDocumentSetResponse(
            documents: found.map { .init(request: $0.request, mimeType: $0.entry.mimeType) }, errors: errors)
        let xml = response.encodedAroundContents()
        var pieces: [SOAPReply.Piece] = []
        for (index, document) in found.enumerated() {
            pieces.append(.xml(xml[index]))
            pieces.append(
                .content(attachment(document.entry, contentID: "document-\(index + 1)@\(repository.uniqueID)")))
        }
        pieces.append(.xml(xml[found.count]))
        return SOAPReply(pieces: pieces, outcome: response.registryResponse.status.name)
    }

    private func attachment(_ entry: StoredDocumentCatalogue.Entry, contentID: String) -> OutgoingAttachment {
        let store = repository.store
        return OutgoingAttachment(contentID: contentID, mediaType: entry.mimeType, byteCount: entry.size) { write in
            try await store.read(entry.address, size: entry.size, write)
        }
    }

}

extension TransactionFacts {
    /// Notes which of the documents asked for are there and were hidden from the caller.
    fileprivate func note(withheld uniqueIDs: Set<String>, by repository: OID) {
        guard !uniqueIDs.isEmpty else { return }
        note {
            for index in $0.documents.indices
            where $0.documents[index].repositoryUniqueId == repository.text
                && uniqueIDs.contains($0.documents[index].uniqueId)
            { $0.documents[index].isWithheld = true }
        }
    }
}

// MARK: Errors (ITI TF-3: 4.2.4.1)

extension DocumentRepository {
    /// XDSUnknownRepositoryId: the request names another repository.
    func unknownRepository(_ request: RetrieveDocumentSetRequest.DocumentRequest) -> RegistryError {
        ErrorSubject("DocumentRequest", request.documentUniqueId).error(
            .unknownRepositoryId,
            "repositoryUniqueId \(request.repositoryUniqueId) is not this repository, which is \(uniqueID)",
            attribute: "RepositoryUniqueId"
        ).found(by: .repository)
    }

    /// XDSDocumentUniqueIdError: the document is not here, or hidden; the answer does not tell which.
    func unknownDocument(_ request: RetrieveDocumentSetRequest.DocumentRequest) -> RegistryError {
        ErrorSubject("DocumentRequest", request.documentUniqueId).error(
            .documentUniqueIdError, "the document is not available in this repository", attribute: "DocumentUniqueId"
        ).found(by: .repository)
    }
}
