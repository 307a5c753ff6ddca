import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import Trust

/// Watches one TLS handshake from behind the TLS handler, has the peer's certificate checked, and says who the peer is.
///
/// The check runs on a thread pool while the handshake waits, unless the same chain was found good a while ago. A session
/// that is resumed by ticket skips the certificate message: its certificate is then checked again, against the lists of
/// today, before HTTP gets to see the connection. Lives on the event loop of its channel; removes itself once the peer is
/// admitted.
final class MutualTLSAdmissionHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// How long a peer that was refused may take to read why.
    private static let lingering = TimeAmount.seconds(3)

    private let channel: any Channel
    private let address: SocketAddress?
    private let material: TLSMaterialHolder
    private let generation: Int
    private let trustStore: TrustStore
    private let state: MutualTLSState
    private let first: FirstBytesHandler
    private let number: UInt64
    private let promise: EventLoopPromise<PeerIdentity?>
    private var timeout: Scheduled<Void>?
    private var verified: (certificate: Certificate, intermediates: [[UInt8]])?
    private var failure: MutualTLSFailure?
    private var isSettled = false

    /// - Parameters:
    ///   - first: keeps what the peer sends first.
    ///   - generation: of what `trustStore` was taken from.
    /// - Throws: ``MutualTLSFailure/overloaded``, and the connection is to be closed.
    private init(
        channel: any Channel, first: FirstBytesHandler, material: TLSMaterialHolder, generation: Int,
        trustStore: TrustStore, state: MutualTLSState
    ) throws(MutualTLSFailure) {
        number = try state.begin(channel)
        self.channel = channel
        address = channel.remoteAddress
        self.material = material
        self.generation = generation
        self.trustStore = trustStore
        self.state = state
        self.first = first
        promise = channel.eventLoop.makePromise()
        timeout = channel.eventLoop.assumeIsolated().scheduleTask(in: state.configuration.handshakeTimeout) {
            self.fail(.timedOut(self.first.first))
        }
    }

    /// The verified peer; nil when the handshake failed, which has been reported by then.
    var peer: EventLoopFuture<PeerIdentity?> { promise.futureResult }

    /// Puts TLS and the check of the peer in front of everything else of a channel.
    /// - Returns: the verified peer; nil when the handshake failed, which has been reported by then.
    /// - Throws: when the connection cannot be taken, and is to be closed.
    static func secure(
        _ channel: any Channel, with material: TLSMaterialHolder, state: MutualTLSState
    ) throws -> EventLoopFuture<PeerIdentity?> {
        let first = FirstBytesHandler()
        let generation = material.generation
        let current = material.current
        let admission = try MutualTLSAdmissionHandler(
            channel: channel, first: first, material: material, generation: generation,
            trustStore: current.trustStore, state: state)
        let tls = NIOSSLServerHandler(
            context: current.context, customVerificationCallback: { admission.verify($0, completing: $1) })
        try channel.pipeline.syncOperations.addHandlers(first, tls, admission)
        return admission.peer
    }

    // MARK: Certificates

    /// Called by the TLS handler with what the peer sent.
    func verify(_ certificates: [NIOSSLCertificate], completing result: EventLoopPromise<NIOSSLVerificationResult>) {
        let chain: [[UInt8]]
        do {
            chain = try certificates.map { try $0.toDERBytes() }
        } catch {
            return result.fail(error)
        }
        check(chain) { outcome in
            switch outcome {
            case .success(let certificate):
                self.verified = (certificate, self.state.remember(chain: chain))
                result.succeed(.certificateVerified)
            case .failure(let failure):
                // The TLS handler now fails the handshake with an alert, and errorCaught reports why.
                self.failure = failure
                result.succeed(.failed)
            }
        }
    }

    private func check(_ chain: [[UInt8]], _ completion: @escaping (Result<Certificate, MutualTLSFailure>) -> Void) {
        state.configuration.check.outcome(of: chain, by: trustStore, on: channel.eventLoop)
            .assumeIsolated().whenSuccess(completion)
    }

    // MARK: The handshake

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        context.fireUserInboundEventTriggered(event)
        guard case .handshakeCompleted? = event as? TLSUserEvent, !isSettled else { return }
        channel.acknowledgeAtOnce()
        if let verified {
            admit(verified.certificate, verified.intermediates, proof: .handshake)
        } else {
            checkResumed()
        }
    }

    private func checkResumed() {
        guard let leaf = tlsHandler?.peerCertificate, let der = try? leaf.toDERBytes() else {
            return fail(.certificate(.noCertificate(issuers: trustStore.anchors.map(\.subject))))
        }
        let chain = state.chain(of: der)
        check(chain) { outcome in
            switch outcome {
            case .success(let certificate): self.admit(certificate, Array(chain.dropFirst()), proof: .resumption)
            case .failure(let failure): self.fail(failure)
            }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if !isSettled {
            fail(
                failure
                    ?? MutualTLSFailure(
                        handshake: error, first: first.first, issuers: trustStore.anchors.map(\.subject)))
        }
        context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(.disconnected)
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        fail(.disconnected)
    }

    // MARK: The end

    private var tlsHandler: NIOSSLServerHandler? {
        try? channel.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self)
    }

    private func admit(_ certificate: Certificate, _ intermediates: [[UInt8]], proof: PeerIdentity.Proof) {
        guard settle() else { return }
        let version = tlsHandler?.tlsVersion == .tlsv12 ? "TLS 1.2" : "TLS 1.3"
        let peer = PeerIdentity(
            certificate: certificate, remoteAddress: address?.peerText ?? "unknown", tlsVersion: version,
            connection: number, proof: proof,
            standing: PeerStanding(
                of: certificate, intermediates: intermediates, foundWith: generation, material: material,
                check: state.configuration.check, eventLoop: channel.eventLoop))
        state.admitted(peer)
        promise.succeed(peer)
        channel.pipeline.syncOperations.removeHandler(first, promise: nil)
        channel.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    private func fail(_ failure: MutualTLSFailure) {
        guard settle() else { return }
        state.report(failure, address: address, connection: number)
        promise.succeed(nil)
        // Not at once: the TLS handler may be about to say goodbye with an alert.
        channel.eventLoop.execute { [channel] in channel.close(promise: nil) }
        // TLS waits for the goodbye of the peer, and not at all for one that had not begun when it was closed.
        channel.eventLoop.assumeIsolated().scheduleTask(in: Self.lingering) { [first] in first.closeSocket() }
    }

    /// True the first time only.
    private func settle() -> Bool {
        guard !isSettled else { return false }
        isSettled = true
        timeout?.cancel()
        timeout = nil
        state.end(address: address)
        return true
    }
}
