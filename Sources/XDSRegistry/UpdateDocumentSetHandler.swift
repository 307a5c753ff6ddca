import SOAPKit
import XDSMetadata

/// Update Document Set and Restricted Update Document Set.
///
/// - Source: Metadata Update supplement, ITI TF-2: 3.57; RMU supplement, ITI TF-2: 3.92. Success or Failure; an error
///   in one trigger refuses the whole update.
struct UpdateDocumentSetHandler: Sendable {
    let registry: DocumentRegistry
    let transaction: UpdateTransaction

    /// The operation as the router offers it.
    var operation: SOAPOperation<Caller, Never> {
        SOAPOperation(
            action: transaction.id.requestAction, replyAction: transaction.id.responseAction, packaging: .simple,
            bodyElement: UpdateDocumentSetRequest.element,
            handle: { request, caller in await respond(to: request, caller: caller) })
    }

    private func respond(to request: SOAPRequest<Never>, caller: Caller) async -> SOAPReply {
        let response: RegistryResponse
        do {
            let request = try UpdateDocumentSetRequest(decoding: request.envelope.body)
            response = try await registry.update(
                request.submission, by: transaction,
                findings: caller.refusals(of: request.submission, in: transaction.id), caller: caller)
        } catch let error as MessageDecodingError {
            response = RegistryResponse(errors: [
                RegistryError(transaction.operationError, error.description).found(by: .registry)
            ])
        } catch {
            response = RegistryResponse(errors: [registry.internalError(error, caller.requestID)])
        }
        return SOAPReply(body: [response.encoded()], attachments: [], outcome: response.status.name)
    }
}
