import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Why the head of a request could not be read, with what the peer is told and what stands in the log.
enum UnreadableRequest: Sendable, Hashable {
    /// Its headers are more than so many bytes together, or too many.
    case headersTooLarge(bytes: Int)
    /// It is no HTTP/1.1, for this reason.
    case malformed(String)

    /// Reads what the parser found.
    /// - Parameter headerBytes: bytes of all headers at most.
    init(_ error: HTTPParserError, headerBytes: Int) {
        self = error == .headerOverflow ? .headersTooLarge(bytes: headerBytes) : .malformed(error.debugDescription)
    }

    /// A stable word for the log.
    var word: String {
        switch self {
        case .headersTooLarge: "headers-too-large"
        case .malformed: "malformed-request"
        }
    }

    /// What is wrong, and what would be right.
    var sentence: String {
        switch self {
        case .headersTooLarge(let bytes):
            "the HTTP headers of the request are more than \(bytes) bytes or 1000 fields; send fewer or shorter ones"
        case .malformed(let reason):
            "the request cannot be read as HTTP/1.1: \(reason)"
        }
    }

    /// - Source: RFC 6585, 5; RFC 9110, 15.5.1.
    fileprivate var status: HTTPResponse.Status {
        switch self {
        case .headersTooLarge: .requestHeaderFieldsTooLarge
        case .malformed: .badRequest
        }
    }
}

/// Puts words into the answer to a request that could not be read, which the server gives without a body. Joins the pipeline
/// when that has happened: it costs the requests that can be read nothing.
final class UnreadableRequestHandler: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let problem: UnreadableRequest

    init(_ problem: UnreadableRequest) {
        self.problem = problem
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        // Answers to earlier requests of the connection may still be on their way; they have words of their own.
        guard case .head(let head) = unwrapOutboundIn(data), head.status == .badRequest,
            head.headerFields[.contentLength] == "0"
        else { return context.write(data, promise: promise) }
        let text = ByteBuffer(string: problem.sentence + "\n")
        let answer = HTTPResponse(
            status: problem.status,
            headerFields: [
                .contentType: "text/plain; charset=utf-8", .contentLength: "\(text.readableBytes)",
                .connection: "close",
            ])
        context.write(wrapOutboundOut(.head(answer)), promise: promise)
        context.write(wrapOutboundOut(.body(text)), promise: nil)
    }
}
