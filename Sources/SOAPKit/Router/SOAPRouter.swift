public import NIOCore
public import XMLKit

/// Reads requests, finds their operation and packages the answers.
///
/// A request in the other packaging than its transaction prescribes is accepted and answered the way it came. The
/// SOAPAction header and the `action` parameter of the content type are ignored, as the Framework demands. Answers go
/// out on the HTTP response, also when `wsa:ReplyTo` names another address.
/// - Source: ITI TF-2: Appendix V.3
public struct SOAPRouter<Context: Sendable, Store: AttachmentStore>: Sendable {
    /// An operation of this router.
    public typealias Operation = SOAPOperation<Context, Store.Attachment>

    private let operations: [String: Operation]
    private let store: Store
    private let limits: SOAPLimits
    private let understood: Set<QualifiedName>
    private let envelopeBudget: SOAPEnvelopeBudget?
    private let sender: @Sendable (Context) -> String
    private let mapError: @Sendable (any Error, Context) -> SOAPFault

    /// Makes a router.
    /// - Parameters:
    ///   - operations: what is offered; of two with the same action the last one counts.
    ///   - attachments: where attachments go.
    ///   - limits: what one message may cost.
    ///   - understood: header blocks that are understood besides WS-Addressing.
    ///   - envelopeBudget: what the envelopes of all requests may hold together; nil without a bound.
    ///   - mapError: turns an internal error, of an operation or of the store, into the fault to answer. Its words must
    ///     tell nothing internal.
    ///   - sender: who takes of the budget, of which nobody has all.
    public init(
        operations: [Operation], attachments: Store, limits: SOAPLimits = .standard,
        understood: Set<QualifiedName> = [SOAPName.security], envelopeBudget: SOAPEnvelopeBudget? = nil,
        mapError: @escaping @Sendable (any Error, Context) -> SOAPFault = { _, _ in .receiver("The request failed.") },
        sender: @escaping @Sendable (Context) -> String = { _ in "" }
    ) {
        self.operations = Dictionary(operations.map { ($0.action, $0) }) { _, last in last }
        store = attachments
        self.limits = limits
        self.understood = understood
        self.envelopeBudget = envelopeBudget
        self.sender = sender
        self.mapError = mapError
    }

    /// The actions offered, sorted.
    public var actions: [String] { operations.keys.sorted() }

    /// Answers one request. Reads the body to its end or to the first error, and never throws.
    ///
    /// Every attachment the request staged is discarded before this returns (adopted ones are the store's business).
    /// - Parameters:
    ///   - contentType: the `Content-Type` field.
    ///   - contentEncoding: the `Content-Encoding` field.
    ///   - contentLength: the announced length; one over the limit is refused before a byte is read.
    ///   - body: the request body. A ``SOAPFault`` it throws is answered, any other error means that the peer is gone.
    ///   - context: passed to the operation.
    ///   - requestID: the id under which the log knows the request; told in faults.
    public func respond<Body: AsyncSequence>(
        contentType: String?, contentEncoding: String? = nil, contentLength: Int? = nil, body: Body, context: Context,
        requestID: String? = nil
    ) async -> SOAPResponse where Body.Element == ByteBuffer {
        // Its share of the budget is given back when it goes, which is after the answer was made.
        var reader = SOAPMessageReader(
            store: store, limits: limits, understood: understood, budget: envelopeBudget, sender: sender(context))
        var operation: Operation?
        var replyTo: String?
        let result: Result<SOAPReply, any Error>
        do {
            if let contentLength, contentLength > limits.messageBytes {
                throw SOAPFault.messageTooLarge(limits.messageBytes)
            }
            let request = try await reader.read(
                contentType: contentType, contentEncoding: contentEncoding, body: body
            ) { envelope throws(SOAPFault) in
                replyTo = envelope.replyTo
                let found = try self.operation(for: envelope)
                operation = found
                try found.admit(context)
            }
            guard let operation else { throw SOAPFault.receiver("The request failed.") }
            result = .success(try await operation.handle(request, context))
        } catch {
            result = .failure(error)
        }
        let staged = reader.staged.takeAll()
        if !staged.isEmpty { await store.discard(staged) }
        var outcome = SOAPOutcome(
            result: .disconnected, action: operation?.action, packaging: reader.packaging, messageID: reader.messageID,
            replyTo: replyTo, bytesRead: reader.bytesRead, isBodyConsumed: reader.isBodyConsumed)
        switch result {
        case .success(let reply):
            return answer(reply, operation, context, requestID, &outcome)
        case .failure(let error):
            return failure(error, context, requestID, &outcome)
        }
    }

    private func operation(for envelope: SOAPEnvelope) throws(SOAPFault) -> Operation {
        let action = envelope.addressing.action
        guard let operation = operations[action] else { throw .actionNotSupported(action) }
        guard envelope.body.is(operation.bodyElement) else {
            throw .actionMismatch(action, expected: operation.bodyElement)
        }
        return operation
    }

    private func answer(
        _ reply: SOAPReply, _ operation: Operation?, _ context: Context, _ requestID: String?,
        _ outcome: inout SOAPOutcome
    ) -> SOAPResponse {
        outcome.result = .reply(outcome: reply.outcome)
        let message = SOAPOutgoingMessage.answer(
            action: operation?.replyAction ?? "", relatesTo: outcome.messageID, packaging: outcome.packaging ?? .simple,
            reply: reply)
        guard let renewal = reply.renewal else {
            return SOAPResponse(status: 200, outcome: outcome, message: message)
        }
        return SOAPResponse(status: 200, outcome: outcome, message: message) { [outcome] in
            var outcome = outcome
            do {
                return answer(try await renewal(), operation, context, requestID, &outcome)
            } catch {
                return failure(error, context, requestID, &outcome)
            }
        }
    }

    private func failure(
        _ error: any Error, _ context: Context, _ requestID: String?, _ outcome: inout SOAPOutcome
    ) -> SOAPResponse {
        var fault: SOAPFault
        switch error {
        case SOAPReadFailure.disconnected(let cause):
            outcome.cause = cause
            // Whoever only stopped sending can still read why.
            var fault = SOAPFault.sender("The body of the request ended before it was complete.")
            fault.requestID = requestID
            let message = SOAPOutgoingMessage.fault(fault, relatesTo: outcome.messageID)
            return SOAPResponse(status: fault.httpStatus, outcome: outcome, message: message)
        case SOAPReadFailure.fault(let found):
            fault = found
        case SOAPReadFailure.noRoom(let shortage):
            fault =
                switch shortage {
                case .all:
                    .receiver("Too many bytes of messages are in work; try again in a moment.", httpStatus: 503)
                case .sender(let limit):
                    .sender(
                        "The envelopes of one sender may not hold more than \(limit) bytes at once, over all its requests; "
                            + "try again in a moment.", httpStatus: 429)
                }
            outcome.shortage = shortage
        case SOAPReadFailure.store(let cause):
            fault = mapped(cause, context, &outcome)
        default:
            fault = mapped(error, context, &outcome)
        }
        if fault.requestID == nil { fault.requestID = requestID }
        outcome.result = .fault(fault)
        let message = SOAPOutgoingMessage.fault(fault, relatesTo: outcome.messageID)
        return SOAPResponse(status: fault.httpStatus, outcome: outcome, message: message)
    }

    private func mapped(_ error: any Error, _ context: Context, _ outcome: inout SOAPOutcome) -> SOAPFault {
        if let fault = error as? SOAPFault { return fault }
        outcome.cause = error
        return mapError(error, context)
    }
}
