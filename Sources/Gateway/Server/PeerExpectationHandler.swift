import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Answers `Expect`: a peer that waits for 100 (Continue) before it sends a body gets it, any other expectation gets
/// 417 (Expectation Failed) and the end of the connection. Sits behind ``PeerPaceHandler``.
///
/// 100 is sent as soon as the head is read, after the answers to earlier requests on the connection: whether the
/// application wants the body is not known here, and it bounds what it reads.
///
/// - Source: RFC 9110, 10.1.1, 15.2.1 and 15.5.18.
final class PeerExpectationHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private var unanswered = 0
    private var owesContinue = false
    private var isClosing = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosing else { return }
        if case .head(let request) = unwrapInboundIn(data) {
            unanswered += 1
            if let expectation = request.headerFields[.expect] {
                guard expectation.lowercased() == "100-continue" else { return refuse(context) }
                owesContinue = request.announcesBody
                sendContinueWhenDue(context)
            }
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isClosing else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        guard case .end = unwrapOutboundIn(data) else { return context.write(data, promise: promise) }
        context.write(data, promise: promise)
        unanswered = max(0, unanswered - 1)
        sendContinueWhenDue(context)
    }

    private func sendContinueWhenDue(_ context: ChannelHandlerContext) {
        guard owesContinue, unanswered == 1 else { return }
        owesContinue = false
        context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
    }

    private func refuse(_ context: ChannelHandlerContext) {
        isClosing = true
        // An answer between the parts of another would be taken for its content.
        if unanswered == 1 {
            let head = HTTPResponse(
                status: .expectationFailed, headerFields: [.contentLength: "0", .connection: "close"])
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
        context.close(promise: nil)
    }
}

extension HTTPRequest {
    /// Whether a body follows the head.
    fileprivate var announcesBody: Bool {
        headerFields[.transferEncoding] != nil || (headerFields[.contentLength].flatMap { Int($0) } ?? 0) > 0
    }
}
