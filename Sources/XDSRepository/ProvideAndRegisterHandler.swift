import NIOCore
import PostgresKit
import SOAPKit
import XDSMetadata

/// Provide and Register Document Set-b.
///
/// - Source: ITI TF-2: 3.41. Bytes first, then one transaction for the rows of repository and registry (ADR 0003).
struct ProvideAndRegisterHandler: Sendable {
    let repository: DocumentRepository

    /// The operation as the router offers it.
    var operation: SOAPOperation<Caller, StagedBlob> {
        SOAPOperation(
            action: TransactionID.provideAndRegisterDocumentSet.requestAction,
            replyAction: TransactionID.provideAndRegisterDocumentSet.responseAction, packaging: .mtom,
            bodyElement: ProvideAndRegisterDocumentSetRequest.element,
            handle: { request, caller in try await respond(to: request, caller: caller) })
    }

    /// - Throws: ``SOAPFault`` only, when a document's reference or its base64 cannot be resolved.
    private func respond(to request: SOAPRequest<StagedBlob>, caller: Caller) async throws -> SOAPReply {
        let response: RegistryResponse
        do {
            response = try await register(request, caller: caller)
        } catch let error as MessageDecodingError {
            response = RegistryResponse(errors: [
                RegistryError(.repositoryMetadata, error.description).found(by: .repository)
            ])
        } catch let fault as SOAPFault {
            throw fault
        } catch {
            response = RegistryResponse(errors: [repository.internalError(error, caller.requestID)])
        }
        return SOAPReply(body: [response.encoded()], attachments: [], outcome: response.status.name)
    }

    private func register(
        _ request: SOAPRequest<StagedBlob>, caller: Caller
    ) async throws -> RegistryResponse {
        let provide = try ProvideAndRegisterDocumentSetRequest(decoding: request.envelope.body)
        // Before any document is worked on or placed: what is staged goes with the request.
        if let error = repository.registry.refusedSize(of: provide.submission) {
            return RegistryResponse(
                errors: caller.refusals(of: provide.submission, in: .provideAndRegisterDocumentSet) + [error])
        }
        var blobs: [EntryUUID: StagedBlob] = [:]
        for document in provide.documents {
            blobs[document.id] = try await request.content(of: document.element)
        }
        let completed = provide.completing(
            with: blobs.compactMapValues(\.metadataDigest), repositoryUniqueId: repository.uniqueID)
        let documents = completed.submission.documentEntries.compactMap { entry in
            blobs[entry.entryUUID].flatMap { StoredDocumentCatalogue.NewEntry(entry, blob: $0) }
        }
        let findings =
            caller.refusals(of: provide.submission, in: .provideAndRegisterDocumentSet) + completed.errors
        if findings.isEmpty {
            for document in documents { try await repository.store.place(document.blob) }
        }
        let repository = repository
        return try await repository.registry.register(
            completed.submission, findings: findings, caller: caller,
            alongside: { transaction in
                guard !documents.isEmpty else { return [] }
                let errors = try await repository.catalogue.add(
                    documents, storedBy: caller.organisation, in: transaction)
                // Under the locks that `add` took no sweep can run; one that ran just before may have taken the bytes.
                for document in documents where try await !repository.store.contains(document.blob.address) {
                    try await repository.store.place(document.blob)
                }
                return errors
            })
    }
}

extension StagedBlob {
    /// As the metadata rules want it.
    fileprivate var metadataDigest: DocumentDigest? {
        SHA1Digest(bytes: sha1).map { DocumentDigest(hash: $0, size: Int64(size)) }
    }
}

extension StoredDocumentCatalogue.NewEntry {
    /// Of a DocumentEntry; `nil` if it lacks what the registry's rules will miss too.
    fileprivate init?(_ entry: ExtrinsicObject, blob: StagedBlob) {
        guard let mimeType = entry.mimeType,
            let uniqueID = entry.object.identifiers(scheme: EbRIMVocabulary.Scheme.documentEntryUniqueId).first?.value
        else { return nil }
        self.init(uniqueID: uniqueID, mimeType: mimeType, blob: blob)
    }
}
