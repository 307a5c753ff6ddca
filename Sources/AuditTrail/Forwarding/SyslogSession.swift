import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS

/// One TLS connection to the receiver, from the handshake to the confirmed end.
///
/// Syslog acknowledges nothing. The TLS closing handshake does: a receiver answers our close_notify after it has read all that
/// came before, so a session that ends well has been read to its end.
struct SyslogSession: Sendable {
    private let channel: any Channel
    private let stallTime: TimeAmount
    private let cut: SyslogCut

    /// Connects and shakes hands.
    /// - Throws: ``SyslogFailure``.
    static func open(
        _ receiver: SyslogReceiver, on eventLoops: any EventLoopGroup, until cut: SyslogCut
    ) async throws -> SyslogSession {
        let eventLoop = eventLoops.next()
        let shaken = eventLoop.makePromise(of: Void.self)
        let time = TimeAmount(receiver.connectTime)
        let isAddress = (try? SocketAddress(ipAddress: receiver.host, port: receiver.port)) != nil
        let bootstrap = ClientBootstrap(group: eventLoop).connectTimeout(time).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                let tls = try NIOSSLClientHandler(
                    context: receiver.tls, serverHostname: isAddress ? nil : receiver.host)
                try channel.pipeline.syncOperations.addHandlers([tls, SyslogHandshakeHandler(shaken: shaken)])
            }
        }
        let channel: any Channel
        do {
            let connected = eventLoop.makePromise(of: (any Channel).self)
            let connecting = bootstrap.connect(host: receiver.host, port: receiver.port)
            connecting.whenSuccess { if cut.isCut { $0.close(promise: nil) } }
            connecting.cascade(to: connected)
            channel = try await cut.wait(for: connected)
        } catch {
            shaken.fail(error)
            throw SyslogFailure.unreachable("no connection to \(receiver.host):\(receiver.port)")
        }
        let limit = eventLoop.scheduleTask(in: time) { shaken.fail(SyslogFailure.notReading) }
        defer { limit.cancel() }
        do {
            try await cut.wait(for: shaken)
        } catch {
            channel.close(promise: nil)
            throw (error as? SyslogFailure) ?? SyslogFailure.unreachable(String(describing: error))
        }
        return SyslogSession(channel: channel, stallTime: TimeAmount(receiver.stallTime), cut: cut)
    }

    /// Hands bytes to the receiver; returns when its side of the connection has taken them.
    func send(_ buffer: ByteBuffer) async throws {
        try await limited { $0.writeAndFlush(buffer) }
    }

    /// Ends the session; returns when the receiver has answered that it read everything.
    func finish() async throws {
        try await limited { $0.close() }
    }

    /// Gives the connection up.
    func abandon() {
        channel.close(promise: nil)
    }

    private func limited(_ work: (any Channel) -> EventLoopFuture<Void>) async throws {
        let promise = channel.eventLoop.makePromise(of: Void.self)
        let limit = channel.eventLoop.scheduleTask(in: stallTime) { promise.fail(SyslogFailure.notReading) }
        defer { limit.cancel() }
        work(channel).cascade(to: promise)
        do {
            try await cut.wait(for: promise)
        } catch let failure as SyslogFailure {
            throw failure
        } catch is NIOSSLCloseTimedOutError {
            throw SyslogFailure.notReading
        } catch {
            throw SyslogFailure.broken
        }
    }
}

/// Tells when the TLS handshake is complete, or why it is not. What the receiver sends is not looked at: syslog has no answers.
private final class SyslogHandshakeHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let shaken: EventLoopPromise<Void>

    init(shaken: EventLoopPromise<Void>) {
        self.shaken = shaken
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent { shaken.succeed() }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        shaken.fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        shaken.fail(SyslogFailure.broken)
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        shaken.fail(SyslogFailure.broken)
    }
}
