import NIOCore
import PostgresKit
import SOAPKit
import XDSMetadata
import XMLKit

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
        let question = question(caller)
        if let question, let known = store.knownAnswers?.answer(to: question) {
            let refusals = caller.refusals(of: known.deviations, in: transaction)
            guard refusals.isEmpty else { return failure(refusals) }
            caller.facts.note(known.result, restingOn: known.versions)
            var reply = success(known.result)
            reply.renewal = {
                store.knownAnswers?.forget(known, to: question)
                caller.facts.forgetAnswer()
                return await answering(caller) { try await answer(decodedAgain(caller), question, caller) }
            }
            return reply
        }
        return await answering(caller) {
            let decoded = try decoded(request.envelope.body)
            let refusals = caller.refusals(of: decoded.deviations, in: transaction)
            guard refusals.isEmpty else { return failure(refusals) }
            return try await answer(decoded, question, caller)
        }
    }

    /// What the answer depends on; nil where answers are not kept.
    private func question(_ caller: Caller) -> KnownAnswers.Question? {
        guard store.knownAnswers != nil else { return nil }
        return caller.facts.query.map { KnownAnswers.Question($0, of: transaction, for: caller.access) }
    }

    /// A request as the store takes it.
    private struct Decoded {
        let query: StoredQuery
        let returnType: AdhocQueryRequest.ReturnType
        let deviations: Set<Deviation>
    }

    /// From the bytes that were noted for the event: a message that is kept until it is recorded would be no longer in the budget of
    /// envelopes. They were within the limits once.
    private func decodedAgain(_ caller: Caller) throws -> Decoded {
        let bytes = caller.facts.query ?? []
        let limits = XMLParserLimits(
            totalBytes: bytes.count, depth: bytes.count, elements: bytes.count, attributesPerElement: bytes.count,
            attributeBytes: bytes.count, textBytes: bytes.count, distinctNames: bytes.count)
        return try decoded(XMLDocument(parsing: ByteBuffer(bytes: bytes), limits: limits).root)
    }

    private func decoded(_ element: XMLElement) throws -> Decoded {
        let request = try AdhocQueryRequest(decoding: element)
        let decoded = try StoredQuery.decode(request.query, of: transaction)
        return Decoded(query: decoded.query, returnType: request.returnType, deviations: decoded.deviations)
    }

    private func answer(
        _ decoded: Decoded, _ question: KnownAnswers.Question?, _ caller: Caller
    ) async throws -> SOAPReply {
        let result = try await store.run(
            decoded.query, returning: decoded.returnType, for: caller.access, keepingFor: question,
            deviations: decoded.deviations)
        caller.facts.note(result, restingOn: [])
        return success(result)
    }

    /// Errors as they are answered.
    private func answering(_ caller: Caller, _ body: () async throws -> SOAPReply) async -> SOAPReply {
        do {
            return try await body()
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
            $0.premises = versions.map { .version($0) }
            $0.results = result.shown
            $0.hidden = result.hidden
            if $0.patientIds.isEmpty { $0.patientKeys = result.patientKeys }
        }
    }

    /// What was found earlier is not the answer.
    fileprivate func forgetAnswer() {
        note { ($0.premises, $0.results, $0.hidden, $0.patientKeys) = ([], nil, nil, []) }
    }
}
