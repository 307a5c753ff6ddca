import SOAPKit
import XDSMetadata

/// Remove Metadata.
///
/// - Source: RMD supplement, ITI TF-2: 3.62. Success or Failure; one object that cannot be removed keeps them all.
struct RemoveMetadataHandler: Sendable {
    let registry: DocumentRegistry

    /// The operation as the router offers it.
    var operation: SOAPOperation<Caller, Never> {
        SOAPOperation(
            action: TransactionID.removeMetadata.requestAction,
            replyAction: TransactionID.removeMetadata.responseAction, packaging: .simple,
            bodyElement: RemoveMetadataRequest.element,
            handle: { request, caller in await respond(to: request, caller: caller) })
    }

    private func respond(to request: SOAPRequest<Never>, caller: Caller) async -> SOAPReply {
        let response: RegistryResponse
        do {
            let remove = try RemoveMetadataRequest(decoding: request.envelope.body)
            response = try await registry.remove(remove, caller: caller)
        } catch let error as MessageDecodingError {
            response = RegistryResponse(errors: [
                RegistryError(.registryError, error.description).found(by: .registry)
            ])
        } catch {
            response = RegistryResponse(errors: [registry.internalError(error, caller.requestID)])
        }
        return SOAPReply(body: [response.encoded()], attachments: [], outcome: response.status.name)
    }
}
