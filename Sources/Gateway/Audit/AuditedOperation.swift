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
                let reply = try await handle(request, caller)
                caller.facts.note(answer: reply.body, outcome: reply.outcome)
                return reply
            },
            admit: admit)
    }
}
