import NIOCore

/// Keeps a copy of the first bytes of a connection until its handshake is over, so that a failure can be explained. The
/// first handler of the pipeline, in front of TLS.
final class FirstBytesHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// Bytes kept at most: hellos with post-quantum key shares take some two thousand.
    private static let limit = 8 * 1_024

    private var bytes = ByteBuffer()
    private var context: ChannelHandlerContext?

    /// What came first, so far.
    var first: FirstBytes { FirstBytes(bytes) }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let room = Self.limit - bytes.readableBytes
        if room > 0 {
            bytes.writeImmutableBuffer(unwrapInboundIn(data).prefix(room))
        }
        context.fireChannelRead(data)
    }

    /// Closes the socket without asking TLS, which may wait for the peer to say goodbye.
    func closeSocket() {
        context?.close(promise: nil)
    }
}

extension ByteBuffer {
    /// The first readable bytes.
    fileprivate func prefix(_ count: Int) -> ByteBuffer {
        getSlice(at: readerIndex, length: Swift.min(count, readableBytes)) ?? ByteBuffer()
    }
}
