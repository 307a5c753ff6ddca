import NIOCore
import NIOHTTP1

/// Says whether the connection goes on after an answer, in words that those behind and the peer understand, and lets nothing through behind
/// the last request.
///
/// Those behind know no version of HTTP and no form of `Connection` but `close`: a request after which the connection ends is handed on
/// with exactly that, and its answer says so. A peer that speaks HTTP/1.0 reads until the connection ends, unless it asked to keep it
/// and the answer agrees; what it expects is not looked at. Sits between the decoder of HTTP and the types of requests.
///
/// - Source: RFC 9112, 6.1, 9.3 and 9.6; RFC 9110, 7.8 and 10.1.1.
final class PeerPersistenceHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private enum Input {
        /// More requests may come.
        case open
        /// The last request is coming.
        case last
        /// The last request has come as a whole: what follows is nothing.
        case over
        /// The connection is being closed, whatever was coming.
        case closed
    }

    private enum LastAnswer {
        case toCome, begun, given
    }

    /// What the answers to come say in `Connection`, in the order of their requests; nil where they say nothing.
    private var announcements = CircularBuffer<String?>(initialCapacity: 2)
    private var input = Input.open
    private var lastAnswer = LastAnswer.toCome

    // MARK: Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch (unwrapInboundIn(data), input) {
        case (.head(let request), .open):
            begin(request, data, context)
        case (.body, .open), (.end, .open):
            context.fireChannelRead(data)
        case (.body, .last):
            // Whoever refused it early does not read it any more.
            if lastAnswer != .given { context.fireChannelRead(data) }
        case (.end, .last):
            endInput(context)
            if lastAnswer != .given { context.fireChannelRead(data) }
        case (.head, _), (_, .over), (_, .closed):
            break
        }
    }

    private func begin(_ request: HTTPRequestHead, _ data: NIOAny, _ context: ChannelHandlerContext) {
        let isOld = (request.version.major, request.version.minor) < (1, 1)
        let ends = request.isLast || isOld && request.isLastOfOldVersion
        let announcement: String? = ends ? "close" : isOld ? "keep-alive" : nil
        announcements.append(announcement)
        if ends { input = .last }
        guard let announcement else { return context.fireChannelRead(data) }
        var request = request
        if isOld { request.headers.remove(name: "Expect") }
        request.headers.replaceOrAdd(name: "Connection", value: announcement)
        context.fireChannelRead(wrapInboundOut(.head(request)))
    }

    /// What comes now would be kept until the connection ends.
    private func endInput(_ context: ChannelHandlerContext) {
        input = .over
        stopReading(context)
    }

    /// From now on only who asks reads.
    private func stopReading(_ context: ChannelHandlerContext) {
        // A channel that is gone reads nothing either.
        try? context.channel.syncOptions?.setOption(.autoRead, value: false)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        readOn(context)
    }

    /// Reads on where nobody else does: a peer that is still sending its request when the connection is closed would not get to see
    /// the answer.
    private func readOn(_ context: ChannelHandlerContext) {
        if input == .last, lastAnswer == .given { context.read() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // What stands behind the last request need not be a request, and is no reason to leave that without an answer.
        if input == .over, error is HTTPParserError { return }
        context.fireErrorCaught(error)
    }

    // MARK: Writing

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var answer) where answer.status.code >= 200:
            let announcement = announcements.popFirst() ?? nil
            if input != .open, announcements.isEmpty { lastAnswer = .begun }
            guard let announcement, !answer.headers.contains(name: "Connection") else { break }
            answer.headers.add(name: "Connection", value: announcement)
            return context.write(wrapOutboundOut(.head(answer)), promise: promise)
        case .end where lastAnswer == .begun:
            lastAnswer = .given
            context.write(data, promise: promise)
            // Who reads by itself is held up by those behind, who take nothing any more; and TLS, which does not tell of a read that
            // completed no record, reads on itself only where nobody does.
            if input == .last { stopReading(context) }
            return readOn(context)
        case .head, .body, .end:
            break
        }
        context.write(data, promise: promise)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        // TLS delivers what comes until the peer closes too. What is taken for the answer's sake is taken until then.
        if mode == .all, input == .open || input == .last && lastAnswer != .given { input = .closed }
        context.close(mode: mode, promise: promise)
    }
}

extension HTTPRequestHead {
    /// Whether no request can follow: the peer says so, or the decoder takes what follows for another protocol.
    fileprivate var isLast: Bool {
        !isKeepAlive || method == .CONNECT || headers.contains(name: "Upgrade")
    }

    /// The same for a request of HTTP/1.0, of which the decoder looks for `keep-alive` only. It knows no transfer encoding.
    fileprivate var isLastOfOldVersion: Bool {
        headers.contains(name: "Transfer-Encoding")
            || headers[canonicalForm: "Connection"].contains { $0.lowercased() == "close" }
    }
}
