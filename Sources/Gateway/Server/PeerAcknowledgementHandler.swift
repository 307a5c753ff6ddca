import Glibc
import NIOCore
import NIOHTTP1

/// Acknowledges at once what has come of a request whose body is not complete: its sender may wait with the rest for that
/// (``NIOCore/Channel/acknowledgeAtOnce()``).
final class PeerAcknowledgementHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    private var isWithinRequest = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: isWithinRequest = true
        case .body: break
        case .end: isWithinRequest = false
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if isWithinRequest { context.channel.acknowledgeAtOnce() }
        context.fireChannelReadComplete()
    }
}

extension Channel {
    /// Has the kernel acknowledge what has come. Called on the event loop.
    ///
    /// A socket holds a small packet back until what it sent before is acknowledged, unless its program asked otherwise (Nagle), and the
    /// kernel on this side acknowledges 40 ms later where there is nothing to send. Without this, every request of a client that writes head
    /// and body one after the other takes that long, and so does the first one on a connection with TLS 1.3, whose handshake ends with the
    /// client.
    ///
    /// - Source: RFC 9293, 3.7.4 and 3.8.6.3; tcp(7), `TCP_QUICKACK`.
    func acknowledgeAtOnce() {
        let quickly = ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: TCP_QUICKACK))
        // A socket that is closed already has nobody to acknowledge to.
        try? syncOptions?.setOption(quickly, value: 1)
    }
}
