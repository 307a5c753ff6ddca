import NIOCore
import NIOHTTP1

/// Says whether the connection goes on after an answer, in words that those behind and the peer understand.
///
/// Those behind know no version of HTTP and no form of `Connection` but `close`: a request after which the connection ends is handed on
/// with exactly that, and its answer says so. A peer that speaks HTTP/1.0 reads until the connection ends, unless it asked to keep it
/// and the answer agrees; what it expects is not looked at. Sits between the decoder of HTTP and the types of requests.
///
/// - Source: RFC 9112, 9.3 and 9.6; RFC 9110, 10.1.1.
final class PeerPersistenceHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// What the answers to come say in `Connection`, in the order of their requests; nil where they say nothing.
    private var announcements = CircularBuffer<String?>(initialCapacity: 2)

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var request) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        let isOld = (request.version.major, request.version.minor) < (1, 1)
        // Of HTTP/1.0 the decoder looks for keep-alive only.
        let ends = !request.isKeepAlive || isOld && request.headers.asksToClose
        let announcement: String? = ends ? "close" : isOld ? "keep-alive" : nil
        announcements.append(announcement)
        guard let announcement else { return context.fireChannelRead(data) }
        if isOld { request.headers.remove(name: "Expect") }
        request.headers.replaceOrAdd(name: "Connection", value: announcement)
        context.fireChannelRead(wrapInboundOut(.head(request)))
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .head(var answer) = unwrapOutboundIn(data), answer.status.code >= 200,
            let announcement = announcements.popFirst() ?? nil, !answer.headers.contains(name: "Connection")
        else { return context.write(data, promise: promise) }
        answer.headers.add(name: "Connection", value: announcement)
        context.write(wrapOutboundOut(.head(answer)), promise: promise)
    }
}

extension HTTPHeaders {
    /// Whether one of the words of `Connection` is `close`.
    fileprivate var asksToClose: Bool {
        self[canonicalForm: "Connection"].contains { $0.lowercased() == "close" }
    }
}
