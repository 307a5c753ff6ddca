import NIOCore
import PostgresKit
import SOAPKit
import XDSMetadata

/// Registry Stored Query, and Multi-Patient Stored Query: the same messages with queries and an action of its own.
///
/// - Source: ITI TF-2: 3.18 and 3.51. Decode, plan, run one statement, join fragments; nothing is parsed or written
///   again.
struct RegistryStoredQueryHandler: Sendable {
    let transaction: TransactionID
    let store: PostgresRegistryStore
    let internalError: @Sendable (any Error, String) -> RegistryError

    /// The operation as the router offers it.
    var operation: SOAPOperation<Caller, Never> {
        SOAPOperation(
            action: transaction.requestAction,
            replyAction: transaction.responseAction, packaging: .simple,
            bodyElement: AdhocQueryRequest.element,
            handle: { request, caller in await respond(to: request, caller: caller) })
    }

    private func respond(to request: SOAPRequest<Never>, caller: Caller) async -> SOAPReply {
        do {
            let request = try AdhocQueryRequest(decoding: request.envelope.body)
            let decoded = try StoredQuery.decode(request.query, of: transaction)
            let refusals = caller.refusals(of: decoded.deviations, in: transaction)
            guard refusals.isEmpty else { return failure(refusals) }
            let answer = try await store.run(decoded.query, returning: request.returnType, for: caller.access)
            caller.facts.note(answer)
            return SOAPReply(body: AdhocQueryResponse.success([answer.content]), outcome: ResponseStatus.success.name)
        } catch let refusal as StoredQuery.Refusal {
            return failure(refusal.errors + caller.refusals(of: refusal.deviations, in: transaction))
        } catch let error as MessageDecodingError {
            let refusal = RegistryError(.registryError, error.description, location: ErrorSubject.query)
            return failure([refusal.found(by: .registry)])
        } catch let error as TooManyResults {
            return failure([error.registryError.found(by: .registry)])
        } catch let error as SeveralPatients {
            return failure([error.registryError.found(by: .registry)])
        } catch let error as UnknownPatient {
            return failure([error.registryError.found(by: .registry)])
        } catch {
            return failure([internalError(error, caller.requestID)])
        }
    }

    private func failure(_ errors: [RegistryError]) -> SOAPReply {
        SOAPReply(body: AdhocQueryResponse.failure(errors), outcome: ResponseStatus.failure.name)
    }
}

extension TransactionFacts {
    /// Notes what was found, and about whom.
    fileprivate func note(_ result: StoredQueryResult) {
        note {
            $0.results = result.shown
            $0.hidden = result.hidden
            if $0.patientIds.isEmpty { $0.patientKeys = result.patientKeys }
        }
    }
}
