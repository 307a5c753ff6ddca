import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import XDSTesting

/// A client that sends exactly the bytes a test wants, over TLS or in clear, and collects what comes back.
final class TestPeer: Sendable {
    private struct State {
        var received = ""
        var isConnected = false
        var isClosed = false
        var error: String?
    }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        let peer: TestPeer

        init(_ peer: TestPeer) { self.peer = peer }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = unwrapInboundIn(data)
            peer.state.withLock { $0.received += String(buffer: bytes) }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            peer.state.withLock { $0.error = $0.error ?? "\(error)" }
            context.close(promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) {
            peer.state.withLock { $0.isClosed = true }
        }
    }

    private let state = Mutex(State())
    private let channels = Mutex<[any Channel]>([])

    var received: String { state.withLock { $0.received } }
    var isClosed: Bool { state.withLock { $0.isClosed } }
    var error: String? { state.withLock { $0.error } }

    /// Whether the peer reads what arrives.
    enum Reading: Sendable {
        case eager, never
    }

    /// How its bytes get into the network.
    enum Sending: Sendable {
        case atOnce
        /// Small packets are held back while others are not acknowledged (Nagle).
        case holdingBack
        /// Less than a TLS record in each millisecond.
        case inPieces
    }

    private final class Pieces: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private var next = NIODeadline.now()

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            var rest = unwrapOutboundIn(data)
            while let piece = rest.readSlice(length: min(5_000, rest.readableBytes)), piece.readableBytes > 0 {
                let written = rest.readableBytes == 0 ? promise : nil
                next = max(next + .milliseconds(1), .now())
                context.eventLoop.assumeIsolated().scheduleTask(deadline: next) {
                    context.writeAndFlush(self.wrapOutboundOut(piece), promise: written)
                }
            }
        }
    }

    /// Whether it closes when the other side says goodbye.
    enum Leaving: Sendable {
        case whenTold, never
    }

    /// Connects with the certificate chain of an identity, or without any.
    static func connect(
        to server: TestServer, as identity: TestPKI.Identity?, reading: Reading = .eager, sending: Sending = .atOnce,
        leaving: Leaving = .whenTold, configure: @Sendable (inout TLSConfiguration) -> Void = { _ in }
    ) async throws -> TestPeer {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .file(server.pki.authority.certificate)
        if let identity {
            tls.certificateChain = try NIOSSLCertificate.fromPEMFile(identity.chain).map { .certificate($0) }
            tls.privateKey = .privateKey(try NIOSSLPrivateKey(file: identity.key, format: .pem))
        }
        configure(&tls)
        let context = try NIOSSLContext(configuration: tls)
        return try await connect(port: server.port, reading: reading, sending: sending, leaving: leaving) { pipeline in
            try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: "localhost"))
        }
    }

    /// Connects without TLS.
    static func connectInClear(to server: TestServer) async throws -> TestPeer {
        try await connect(port: server.port, reading: .eager, sending: .atOnce, leaving: .whenTold) { _ in }
    }

    private static func connect(
        port: Int, reading: Reading, sending: Sending, leaving: Leaving,
        _ secure: @escaping @Sendable (ChannelPipeline.SynchronousOperations) throws -> Void
    ) async throws -> TestPeer {
        let peer = TestPeer()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.socketOption(.so_rcvbuf), value: reading == .never ? 4_096 : 262_144)
            .channelOption(.tcpOption(.tcp_nodelay), value: sending == .holdingBack ? 0 : 1)
            .channelOption(.allowRemoteHalfClosure, value: leaving == .never)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if sending == .inPieces { try channel.pipeline.syncOperations.addHandler(Pieces()) }
                    try secure(channel.pipeline.syncOperations)
                    try channel.pipeline.syncOperations.addHandler(Collector(peer))
                }
            }.connect(host: "127.0.0.1", port: port).get()
        peer.channels.withLock { $0.append(channel) }
        return peer
    }

    /// Sends text as it is. A closed connection is no error: the test looks at what came back.
    func send(_ text: String) {
        channels.withLock { $0.first }?.writeAndFlush(ByteBuffer(string: text), promise: nil)
    }

    func send(_ buffer: ByteBuffer) {
        channels.withLock { $0.first }?.writeAndFlush(buffer, promise: nil)
    }

    /// Sends bytes, and returns when all of them were taken.
    func sendAll(_ buffer: ByteBuffer) async throws {
        try await channels.withLock { $0.first }?.writeAndFlush(buffer).get()
    }

    /// Stops taking bytes from the network.
    func stopReading() async throws {
        try await channels.withLock { $0.first }?.setOption(.autoRead, value: false).get()
    }

    func close() {
        channels.withLock { $0.first }?.close(promise: nil)
    }

    /// Waits for text in what was received.
    func receives(_ text: String) async throws -> Bool {
        try await eventually { self.received.contains(text) }
    }

    /// Waits for the other side to close.
    func closes() async throws -> Bool {
        try await eventually { self.isClosed }
    }
}
