import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTPTypes
import SOAPKit
import XDSMetadata

/// What goes back for one request.
enum Answer: Sendable {
    /// The answer of a SOAP router, reply or fault.
    case soap(SOAPResponse, Caller)
    /// A peer that may not come in: HTTP 403, or 503 where that is not its own fault, with a SOAP fault.
    case refused(PeerRefusal)
    /// The event of the answer is not known to be in the audit trail, or what it confirms is not there any more: HTTP 500 with a SOAP
    /// fault instead of the answer.
    case unrecorded(organisation: String)
    /// Too much is in work: HTTP 503 with a SOAP fault. With the answer of the router when it is not the number of requests
    /// but the bytes of their envelopes, which is found out while the body comes.
    case overloaded(Caller, SOAPResponse? = nil)
    /// The organisation reached one of its limits: HTTP 429 with a SOAP fault that names it. With the answer of the router
    /// when that was found out while the body came.
    case limited(OrganisationLimit, Caller, SOAPResponse? = nil)
    /// A WSDL or XSD.
    case description(ServiceDescription, Caller)
    /// A request that is no SOAP request.
    case plain(HTTPResponse.Status, String, Caller)

    /// Whether the connection ends with this answer.
    var endsConnection: Bool {
        if case .refused(let refusal) = self { refusal.endsConnection } else { false }
    }

    /// The beginning of the observation of this answer; bytes and duration are added when it has been written.
    func observation(requestID: String) -> Observation.Answer {
        var observation = Observation.Answer(
            requestID: requestID, organisation: organisation, transaction: "none", outcome: "Success",
            status: String(status.code),
            fault: nil, limit: nil, bytesReceived: 0, duration: .zero)
        switch self {
        case .soap(let response, _):
            observation.transaction = Self.transaction(of: response)
            switch response.outcome.result {
            case .reply(let outcome): observation.outcome = outcome ?? "Success"
            case .fault(let fault):
                observation.outcome = fault.httpStatus == 403 ? "refused" : "fault"
                observation.fault = fault.description
            case .disconnected: observation.outcome = "disconnected"
            }
        case .refused:
            observation.outcome = "refused"
        case .plain:
            observation.outcome = "refused"
        case .unrecorded:
            observation.outcome = "unrecorded"
        case .overloaded(_, let response):
            if let response { observation.transaction = Self.transaction(of: response) }
            observation.outcome = "overloaded"
            observation.fault = response?.fault?.description
        case .limited(let limit, _, let response):
            if let response { observation.transaction = Self.transaction(of: response) }
            observation.outcome = "limited"
            observation.limit = limit.word
        case .description:
            observation.transaction = "description"
        }
        return observation
    }

    private static func transaction(of response: SOAPResponse) -> String {
        response.action.flatMap(TransactionID.init(action:))?.rawValue ?? "unknown"
    }

    /// Writes head and body, the head alone for HEAD; `closes` announces that the connection ends with this answer.
    @concurrent
    func write(
        to writer: consuming ResponseWriter, on channel: any Channel, method: HTTPRequest.Method, requestID: String,
        closes: Bool
    ) async throws {
        var head = HTTPResponse(status: status)
        head.headerFields[.xRequestID] = requestID
        if closes { head.headerFields[.connection] = "close" }
        switch self {
        case .soap(let response, _):
            // Too many requests of one, or too much of all: either passes.
            if response.status == 429 || response.status == 503 { head.headerFields[.retryAfter] = "1" }
            try await Self.write(response.message, head: head, method: method, to: writer, on: channel)
        case .unrecorded:
            var fault = SOAPFault.receiver(
                "The access could not be recorded in the audit trail, so nothing is given out or confirmed; try again.")
            fault.requestID = requestID
            try await Self.write(
                SOAPOutgoingMessage.fault(fault, relatesTo: nil), head: head, method: method, to: writer, on: channel)
        case .overloaded(_, let response):
            var fault = SOAPFault.receiver("Too many requests are in work; try again in a moment.", httpStatus: 503)
            fault.requestID = requestID
            head.headerFields[.retryAfter] = "1"
            let message = response?.message ?? SOAPOutgoingMessage.fault(fault, relatesTo: nil)
            try await Self.write(message, head: head, method: method, to: writer, on: channel)
        case .limited(let limit, let caller, let response):
            var fault = limit.fault(organisation: caller.organisation)
            fault.requestID = requestID
            head.headerFields[.retryAfter] = String(limit.retryAfter)
            let message = response?.message ?? SOAPOutgoingMessage.fault(fault, relatesTo: nil)
            try await Self.write(message, head: head, method: method, to: writer, on: channel)
        case .refused(let refusal):
            var fault = refusal.fault
            fault.requestID = requestID
            // A responder that did not answer is left alone for as long.
            if refusal.kind == .undetermined { head.headerFields[.retryAfter] = String(Int(OCSPMemory.pause)) }
            try await Self.write(
                SOAPOutgoingMessage.fault(fault, relatesTo: nil), head: head, method: method, to: writer, on: channel)
        case .description(let description, _):
            try await Self.write(
                ByteBuffer(bytes: description.bytes), type: "text/xml; charset=utf-8", head: head, method: method,
                to: writer)
        case .plain(_, let text, _):
            try await Self.write(
                ByteBuffer(string: text), type: "text/plain; charset=utf-8", head: head, method: method, to: writer)
        }
    }

    @concurrent
    private static func write(
        _ message: SOAPOutgoingMessage, head: HTTPResponse, method: HTTPRequest.Method,
        to writer: consuming ResponseWriter, on channel: any Channel
    ) async throws {
        var head = head
        head.headerFields[.contentType] = message.contentType
        head.headerFields[.contentLength] = String(message.byteCount)
        guard method != .head else { return try await writer.writeResponse(head) }
        if let buffers = message.buffers, message.byteCount <= Self.joinedBytes {
            // Head, body and end leave together: each piece of its own is a TLS record, and each write a system call, which
            // cost more than the copy.
            var joined = ByteBufferAllocator().buffer(capacity: message.byteCount)
            for buffer in buffers { joined.writeImmutableBuffer(buffer) }
            // The writer is there to wait for a peer that takes nothing, and to tell of one that is gone or of a cancellation;
            // for others it costs several times as much as the channel itself.
            guard !Task.isCancelled, channel.eventLoop.inEventLoop, channel.isActive, channel.isWritable else {
                return try await writer.write(response: head, body: .init(byteBuffer: joined))
            }
            let pipeline = channel.pipeline.syncOperations
            pipeline.write(NIOAny(HTTPResponsePart.head(head)), promise: nil)
            pipeline.write(NIOAny(HTTPResponsePart.body(joined)), promise: nil)
            return pipeline.writeAndFlush(NIOAny(HTTPResponsePart.end(nil)), promise: nil)
        }
        var body = try await writer.writeHead(head)
        if let buffers = message.buffers {
            try await body.write(contentsOf: buffers)
        } else {
            // On other threads: an event loop looks at its sockets only when it has no task left, and documents that are all
            // sent by tasks on it would always leave it one.
            try await withTaskExecutorPreference(globalConcurrentExecutor) {
                try await message.write { buffer in
                    try await Self.write(buffer, inPiecesTo: &body, on: channel)
                }
            }
        }
        try await body.finish(nil)
    }

    /// Writes a part of a document, giving the event loop to others between two pieces.
    @concurrent
    private static func write<Body: ResponseBodyWriter>(
        _ buffer: ByteBuffer, inPiecesTo body: inout Body, on channel: any Channel
    ) async throws {
        var rest = buffer
        while let piece = rest.readSlice(length: min(pieceBytes, rest.readableBytes)), piece.readableBytes > 0 {
            try await body.write(piece)
            // The writer only hands over: as long as the socket takes everything it never waits, and the next chunks
            // would pile up behind an event loop that is still encrypting. So wait until this one was worked on.
            try await channel.eventLoop.submit {}.get()
        }
    }

    /// What an event loop encrypts and sends of one document before it serves others: a query beside sixty documents of
    /// 10 MB takes 21 ms, with twice as much at a time 36 ms, and half as much costs a quarter of the pace.
    private static let pieceBytes = 128 * 1024

    /// Answers up to this size are copied into one buffer.
    private static let joinedBytes = 256 * 1024

    @concurrent
    private static func write(
        _ buffer: ByteBuffer, type: String, head: HTTPResponse, method: HTTPRequest.Method,
        to writer: consuming ResponseWriter
    ) async throws {
        var head = head
        head.headerFields[.contentType] = type
        head.headerFields[.contentLength] = String(buffer.readableBytes)
        guard method != .head else { return try await writer.writeResponse(head) }
        try await writer.write(response: head, body: .init(byteBuffer: buffer))
    }

    private var status: HTTPResponse.Status {
        switch self {
        case .soap(let response, _): .init(code: response.status)
        case .refused(let refusal): .init(code: refusal.fault.httpStatus)
        case .unrecorded: .internalServerError
        case .overloaded: .serviceUnavailable
        case .limited: .tooManyRequests
        case .description: .ok
        case .plain(let status, _, _): status
        }
    }

    /// Identifier of the organisation, or `none`.
    var organisation: String {
        switch self {
        case .unrecorded(let organisation): organisation
        case .soap(_, let caller), .overloaded(let caller, _), .limited(_, let caller, _), .description(_, let caller),
            .plain(_, _, let caller):
            caller.organisation
        case .refused(let refusal): refusal.organisation
        }
    }
}

extension HTTPField.Name {
    /// Carries the request id back, so that a partner can name it on the phone.
    static let xRequestID: HTTPField.Name = {
        guard let name = HTTPField.Name("X-Request-Id") else { preconditionFailure("a constant that is a legal name") }
        return name
    }()
}
