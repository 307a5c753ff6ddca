import Glibc
import NIOCore
import NIOHTTP1
import NIOTLS

/// Has the kernel acknowledge at once what a peer may wait with: the end of its handshake, and the beginning of a request whose rest has
/// not come.
///
/// A socket holds a small packet back until what it sent before is acknowledged, unless its program asked otherwise (Nagle), and the kernel
/// on this side acknowledges 40 ms later where there is nothing to send. That long took every request of a client that writes head and body
/// one after the other, and the first one on each connection with TLS 1.3, where the handshake ends with the client.
///
/// - Source: RFC 9293, 3.7.4 and 3.8.6.3; tcp(7), `TCP_QUICKACK`.
final class PeerAcknowledgementHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    private static let quickly = ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: TCP_QUICKACK))

    private var isWithinRequest = false

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent { acknowledge(context) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: isWithinRequest = true
        case .body: break
        case .end: isWithinRequest = false
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if isWithinRequest { acknowledge(context) }
        context.fireChannelReadComplete()
    }

    private func acknowledge(_ context: ChannelHandlerContext) {
        // A socket that is closed already has nobody to acknowledge to.
        try? context.channel.syncOptions?.setOption(Self.quickly, value: 1)
    }
}
