import NIOCore

/// Tells ``PeerPaceHandler``, which sits behind the HTTP codec, that bytes arrived before the codec made sense of them:
/// the time for a head starts with its first byte.
final class PeerPaceByteProbe: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// The handler to tell; it introduces itself when it joins the pipeline.
    weak var handler: PeerPaceHandler?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        handler?.bytesArrived()
        context.fireChannelRead(data)
    }
}
