import NIOCore
import PostgresKit
import SOAPKit
import XDSMetadata

/// Registry Stored Query, and Multi-Patient Stored Query: the same messages with queries and an action of its own.
///
/// Decode, plan, run one statement, join fragments; nothing is parsed or written again. An answer that was given before is
/// given again, on condition that what it rests on has not changed when it is recorded (ADR 0016).
/// - Source: ITI TF-2: 3.18 and 3.51.
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
            let (query, returnType) = (decoded.query, request.returnType)
            guard let known = store.knownAnswer(to: query, returning: returnType, for: caller.access) else {
                return await answer(query, returnType, caller)
            }
            caller.facts.note(known.result, restingOn: known.versions)
            var reply = success(known.result)
            reply.renewal = {
                store.forget(query, returning: returnType, for: caller.access)
                caller.facts.forgetAnswer()
                return await answer(query, returnType, caller)
            }
            return reply
        } catch let refusal as StoredQuery.Refusal {
            return failure(refusal.errors + caller.refusals(of: refusal.deviations, in: transaction))
        } catch let error as MessageDecodingError {
            let refusal = RegistryError(.registryError, error.description, location: ErrorSubject.query)
            return failure([refusal.found(by: .registry)])
        } catch {
            return failure([internalError(error, caller.requestID)])
        }
    }

    private func answer(
        _ query: StoredQuery, _ returnType: AdhocQueryRequest.ReturnType, _ caller: Caller
    ) async -> SOAPReply {
        do {
            let result = try await store.run(query, returning: returnType, for: caller.access)
            caller.facts.note(result, restingOn: [])
            return success(result)
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

    private func success(_ result: StoredQueryResult) -> SOAPReply {
        SOAPReply(body: AdhocQueryResponse.success(result.content), outcome: ResponseStatus.success.name)
    }

    private func failure(_ errors: [RegistryError]) -> SOAPReply {
        SOAPReply(body: AdhocQueryResponse.failure(errors), outcome: ResponseStatus.failure.name)
    }
}

extension TransactionFacts {
    /// Notes what was found, and about whom.
    fileprivate func note(_ result: StoredQueryResult, restingOn versions: [PatientVersion]) {
        note {
            $0.patientVersions = versions
            $0.results = result.shown
            $0.hidden = result.hidden
            if $0.patientIds.isEmpty { $0.patientKeys = result.patientKeys }
        }
    }

    /// What was found earlier is not the answer.
    fileprivate func forgetAnswer() {
        note { ($0.patientVersions, $0.results, $0.hidden, $0.patientKeys) = ([], nil, nil, []) }
    }
}
