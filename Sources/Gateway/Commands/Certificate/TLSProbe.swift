import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS

/// Makes TLS connections to a server to see what it does; sends nothing over them.
struct TLSProbe: Sendable {
    /// What one connection came to.
    struct Outcome: Sendable {
        /// The certificates the server presented, DER.
        var chain: [[UInt8]] = []
        /// Whether the handshake was complete on our side.
        var isComplete = false
        /// What ended the connection, if it was not us.
        var failure: TLSProbeFailure?

        /// Whether the server took the version and the suite: one that demands a certificate we do not show has still done so.
        var isTaken: Bool { isComplete || !chain.isEmpty }
    }

    /// For one connection.
    private static let timeLimit = TimeAmount.seconds(5)
    /// How long a server may take to refuse a client after our side of a TLS 1.3 handshake is complete.
    private static let patience = TimeAmount.seconds(2)

    let endpoint: TLSEndpoint
    /// The client certificate to show, with its intermediates.
    let certificates: [NIOSSLCertificate]
    let key: NIOSSLPrivateKey?

    private var configuration: TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .noHostnameVerification
        configuration.certificateChain = certificates.map { .certificate($0) }
        configuration.privateKey = key.map { .privateKey($0) }
        return configuration
    }

    /// Whether the key belongs to the first of the certificates.
    var keyFits: Bool { (try? NIOSSLContext(configuration: configuration)) != nil }

    /// Connects with one version and, up to TLS 1.2, these suites.
    /// - Throws: ``TLSProbeFailure`` when no connection can be made at all.
    func connect(_ version: TLSVersion, suites: [NIOTLSCipher]? = nil) async throws -> Outcome {
        var configuration = configuration
        configuration.minimumTLSVersion = version
        configuration.maximumTLSVersion = version
        if let suites { configuration.cipherSuiteValues = suites }
        let context = try NIOSSLContext(configuration: configuration)
        let name = endpoint.isAddress ? nil : endpoint.host
        let group = MultiThreadedEventLoopGroup.singleton
        let promise = group.any().makePromise(of: Outcome.self)
        let patience = version == .tlsv13 ? Self.patience : .zero
        let channel: any Channel
        do {
            channel = try await ClientBootstrap(group: group)
                .connectTimeout(Self.timeLimit)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let watcher = Watcher(promise: promise, patience: patience)
                        let tls = try NIOSSLClientHandler(
                            context: context, serverHostname: name,
                            customVerificationCallback: { watcher.verify($0, completing: $1) })
                        try channel.pipeline.syncOperations.addHandlers(tls, watcher)
                    }
                }.connect(host: endpoint.host, port: endpoint.port).get()
        } catch {
            promise.fail(error)
            throw TLSProbeFailure(connecting: error)
        }
        let outcome = try await promise.futureResult.get()
        channel.close(promise: nil)
        return outcome
    }

    /// Sees how a connection goes. Lives on the event loop of its channel.
    private final class Watcher: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let promise: EventLoopPromise<Outcome>
        private let patience: TimeAmount
        private var seen = Outcome()
        private var isDone = false

        init(promise: EventLoopPromise<Outcome>, patience: TimeAmount) {
            self.promise = promise
            self.patience = patience
        }

        /// Takes every certificate: what to think of it is told afterwards.
        func verify(
            _ certificates: [NIOSSLCertificate], completing result: EventLoopPromise<NIOSSLVerificationResult>
        ) {
            seen.chain = certificates.compactMap { try? $0.toDERBytes() }
            result.succeed(.certificateVerified)
        }

        /// Of a name with several addresses one may refuse the connection: nothing counts before there is one.
        func channelActive(context: ChannelHandlerContext) {
            finish(.silent, in: TLSProbe.timeLimit, context)
            context.fireChannelActive()
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case .handshakeCompleted? = event as? TLSUserEvent {
                seen.isComplete = true
                finish(nil, in: patience, context)
            }
            context.fireUserInboundEventTriggered(event)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            seen.failure = seen.failure ?? TLSProbeFailure(of: error)
            context.close(promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) {
            finish(seen.failure ?? .closed)
        }

        private func finish(_ failure: TLSProbeFailure?, in time: TimeAmount, _ context: ChannelHandlerContext) {
            context.eventLoop.assumeIsolated().scheduleTask(in: time) { self.finish(self.seen.failure ?? failure) }
        }

        private func finish(_ failure: TLSProbeFailure?) {
            guard !isDone else { return }
            isDone = true
            seen.failure = failure
            promise.succeed(seen)
        }
    }
}
