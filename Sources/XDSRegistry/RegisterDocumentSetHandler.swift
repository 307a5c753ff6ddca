import SOAPKit
import XDSMetadata
import XMLKit

/// Register Document Set-b.
///
/// - Source: ITI TF-2: 3.42. Success or Failure; an error in one object refuses the whole submission.
struct RegisterDocumentSetHandler: Sendable {
    let registry: DocumentRegistry

    /// The operation as the router offers it.
    var operation: SOAPOperation<Caller, Never> {
        SOAPOperation(
            action: TransactionID.registerDocumentSet.requestAction,
            replyAction: TransactionID.registerDocumentSet.responseAction, packaging: .simple,
            bodyElement: RegisterDocumentSetRequest.element,
            handle: { request, caller in
                try await registry.answer(request, as: .registerDocumentSet, caller: caller)
            })
    }
}

extension DocumentRegistry {
    /// A message of more elements usually has too many values to share a transaction: a value takes an element and a half.
    private static let elementsOfShared = 2_000

    /// Reads a `lcm:SubmitObjectsRequest`, registers it by the rules of a transaction and answers.
    /// - Throws: the answer to who waited too long for a turn.
    func answer(
        _ request: SOAPRequest<Never>, as transaction: SubmissionValidator.Transaction, caller: Caller
    ) async throws(SOAPFault) -> SOAPReply {
        let response: RegistryResponse
        do {
            // A large one waits for its connection before it is decoded, with the memory of its envelope alone, which is counted.
            if request.envelope.body.documentElementCount > Self.elementsOfShared {
                try await caller.takeTurnForConnection()
            }
            let register = try RegisterDocumentSetRequest(decoding: request.envelope.body)
            response = try await self.register(
                register.submission, as: transaction,
                findings: caller.refusals(of: register.submission, in: transaction.id), caller: caller)
        } catch let fault as SOAPFault {
            throw fault
        } catch let error as MessageDecodingError {
            response = RegistryResponse(errors: [
                RegistryError(.metadata, error.description).found(by: .registry)
            ])
        } catch {
            response = RegistryResponse(errors: [internalError(error, caller.requestID)])
        }
        return SOAPReply(body: [response.encoded()], attachments: [], outcome: response.status.name)
    }
}
