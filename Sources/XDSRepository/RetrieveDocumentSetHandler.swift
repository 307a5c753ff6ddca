import NIOCore
import SOAPKit
import XDSMetadata

/// Retrieve Document Set: documents by uniqueId, each streamed from its file.
///
/// - Source: ITI TF-2: 3.43. All found: Success; some: PartialSuccess with an error for each that is missing; none: Failure.
struct RetrieveDocumentSetHandler: Sendable {
    private typealias DocumentRequest = RetrieveDocumentSetRequest.DocumentRequest
    private typealias DocumentResponse = RetrieveDocumentSetResponse.DocumentResponse

    /// Documents that go out inside the envelope, for a client that does not speak MTOM, are held in memory: up to this.
    private static let inlineBytes = 16 * 1024 * 1024

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
            return try await answer(retrieve, packaging: request.packaging)
        } catch let error as MessageDecodingError {
            return reply([], errors: [RegistryError(.repositoryError, error.description)], attachments: [])
        } catch {
            return reply([], errors: [repository.internalError(error, caller.requestID)], attachments: [])
        }
    }

    private func answer(_ retrieve: RetrieveDocumentSetRequest, packaging: SOAPPackaging) async throws -> SOAPReply {
        let ours = retrieve.documents.filter { $0.repositoryUniqueId == repository.uniqueID.text }
        let known = ours.isEmpty ? [:] : try await repository.catalogue.entries(ours.map(\.documentUniqueId))
        var responses: [DocumentResponse] = []
        var attachments: [OutgoingAttachment] = []
        var errors: [RegistryError] = []
        for (index, request) in retrieve.documents.enumerated() {
            guard request.repositoryUniqueId == repository.uniqueID.text else {
                errors.append(unknownRepository(request))
                continue
            }
            guard let entry = known[request.documentUniqueId], try await repository.store.contains(entry.address) else {
                errors.append(unknownDocument(request))
                continue
            }
            switch packaging {
            case .mtom:
                let contentID = "document-\(index + 1)@\(repository.uniqueID)"
                responses.append(
                    DocumentResponse(request: request, mimeType: entry.mimeType, content: .attachment(contentID: contentID)))
                attachments.append(attachment(entry, contentID: contentID))
            case .simple:
                guard entry.size <= Self.inlineBytes else {
                    errors.append(tooLargeInline(request))
                    continue
                }
                responses.append(
                    DocumentResponse(request: request, mimeType: entry.mimeType, content: .inline(try await bytes(of: entry))))
            }
        }
        return reply(responses, errors: errors, attachments: attachments)
    }

    private func reply(
        _ documents: [DocumentResponse], errors: [RegistryError], attachments: [OutgoingAttachment]
    ) -> SOAPReply {
        let response = RetrieveDocumentSetResponse(documents: documents, errors: errors)
        return SOAPReply(
            body: [response.encoded()], attachments: attachments, outcome: response.registryResponse.status.name)
    }

    private func attachment(_ entry: StoredDocumentCatalogue.Entry, contentID: String) -> OutgoingAttachment {
        let store = repository.store
        return OutgoingAttachment(contentID: contentID, mediaType: entry.mimeType, byteCount: entry.size) { write in
            try await store.read(entry.address, size: entry.size, write)
        }
    }

    private func bytes(of entry: StoredDocumentCatalogue.Entry) async throws -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: entry.size)
        try await repository.store.read(entry.address, size: entry.size) { chunk in buffer.writeImmutableBuffer(chunk) }
        return buffer
    }

    // MARK: Errors (ITI TF-3: 4.2.4.1)

    private func unknownRepository(_ request: DocumentRequest) -> RegistryError {
        RegistryError(
            .unknownRepositoryId,
            "repositoryUniqueId \(request.repositoryUniqueId) is not this repository, which is \(repository.uniqueID)",
            location: request.documentUniqueId)
    }

    private func unknownDocument(_ request: DocumentRequest) -> RegistryError {
        RegistryError(
            .documentUniqueIdError, "document \(request.documentUniqueId) is not available in this repository",
            location: request.documentUniqueId)
    }

    private func tooLargeInline(_ request: DocumentRequest) -> RegistryError {
        RegistryError(
            .repositoryError,
            "document \(request.documentUniqueId) is too large for an answer without MTOM; ask with an MTOM request",
            location: request.documentUniqueId)
    }
}
