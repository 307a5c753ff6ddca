import SOAPKit
import XDSMetadata

extension SOAPOperation where Context == Caller {
    /// The same operation, noting in ``Caller/facts`` what its request and its answer say. What a handler alone knows it notes
    /// itself.
    func audited() -> Self {
        let handle = handle
        return SOAPOperation(
            action: action, replyAction: replyAction, packaging: packaging, bodyElement: bodyElement,
            handle: { request, caller in
                caller.facts.note(request: request.envelope.body, in: request.envelope.document)
                return try await Self.audited({ try await handle(request, caller) }, facts: caller.facts)
            },
            admit: admit)
    }

    private static func audited(
        _ make: @Sendable () async throws -> SOAPReply, facts: TransactionFacts
    ) async throws -> SOAPReply {
        var reply = try await make()
        facts.note(answer: reply.body, outcome: reply.outcome)
        if let renewal = reply.renewal { reply.renewal = { try await audited(renewal, facts: facts) } }
        return reply
    }
}
