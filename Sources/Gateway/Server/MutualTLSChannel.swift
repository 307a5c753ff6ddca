import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import Trust

/// The connections of the front door: TLS 1.2 or 1.3 with a client certificate, then HTTP/1.1.
///
/// A connection is handed to HTTP only after its peer is verified (``MutualTLSAdmissionHandler``); the peer is bound as
/// ``PeerIdentity/current`` around everything that happens on the connection.
///
/// At a graceful stop the listening socket closes and every connection is told to quiesce: one without a request in
/// work is closed at once, one in the middle of a handshake too, and the others after the answer they are working on.
struct MutualTLSChannel: ServerChildChannel, HTTPChannelHandler {
    /// A connection that is being set up.
    struct Value: ServerChildChannelValue {
        let http: HTTP1Channel.Value
        /// The verified peer, or nil when the connection failed before.
        let admission: EventLoopFuture<PeerIdentity?>

        var channel: any Channel { http.channel }
    }

    let configuration: MutualTLSConfiguration
    let material: TLSMaterialHolder
    private let http: HTTP1Channel
    private let state: MutualTLSState

    var responder: HTTPChannelHandler.Responder { http.responder }

    /// - Parameters:
    ///   - responder: answers requests.
    ///   - material: certificates, keys and lists; may be reloaded while connections come and go.
    ///   - logger: gets one line for a failed handshake, with the plain sentence.
    ///   - observe: told about every connection. Called on event loops: must not block.
    init(
        responder: @escaping HTTPChannelHandler.Responder, material: TLSMaterialHolder,
        configuration: MutualTLSConfiguration = .init(), logger: Logger,
        observe: @escaping @Sendable (MutualTLSEvent) -> Void = { _ in }
    ) {
        let state = MutualTLSState(configuration: configuration, log: MutualTLSLog(logger: logger), observe: observe)
        let pace = configuration.pace
        http = HTTP1Channel(
            responder: responder,
            configuration: .init(
                additionalChannelHandlers: [
                    PeerPaceHandler(
                        configuration: pace, observe: { state.slow($0, address: $1) },
                        explain: { state.unreadable($0, address: $1) }),
                    PeerExpectationHandler(),
                ],
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: configuration.maximumHeaderBytes,
                    maxHeaderListSize: configuration.maximumHeaderBytes)))
        self.configuration = configuration
        self.material = material
        self.state = state
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let value = channel.eventLoop.makeCompletedFuture {
            try channel.syncOptions?.setOption(.tcpOption(.tcp_nodelay), value: 1)
            try channel.syncOptions?.setOption(.writeBufferWaterMark, value: Self.waterMark)
            let peer = try MutualTLSAdmissionHandler.secure(channel, with: material, state: state)
            try channel.pipeline.syncOperations.addHandler(PeerPaceByteProbe())
            return peer
        }.flatMap { admission in
            http.setup(channel: channel, logger: logger).flatMapThrowing { http in
                let pipeline = channel.pipeline.syncOperations
                let types = try pipeline.handler(type: HTTP1ToHTTPServerCodec.self)
                try pipeline.addHandlers(
                    [PeerAcknowledgementHandler(), PeerPersistenceHandler()], position: .before(types))
                return Value(http: http, admission: admission)
            }
        }
        // The server drops a connection whose setup failed, but leaves it open.
        value.whenFailure { _ in channel.close(promise: nil) }
        return value
    }

    /// What a connection may hold that its peer has not taken yet, before it counts as one that takes nothing. An answer of usual
    /// length is below, and a piece of a document (``Answer``), so that writing one does not tell everybody of a peer that takes
    /// nothing, and at once of one that does.
    private static let waterMark = ChannelOptions.Types.WriteBufferWaterMark(low: 64 * 1024, high: 192 * 1024)

    func handle(value: Value, logger: Logger) async {
        await withTaskExecutorPreference(EventLoopExecutor(value.channel.eventLoop)) {
            guard let peer = await value.peer() else { return await value.discard() }
            await PeerIdentity.$current.withValue(peer) {
                await http.handle(value: value.http, logger: logger)
            }
        }
    }
}

extension MutualTLSChannel.Value {
    /// Waits for the handshake, whose time is limited.
    fileprivate func peer() async -> PeerIdentity? {
        do {
            return try await admission.get()
        } catch {
            // The promise is never failed; an event loop that is gone has no peers either.
            return nil
        }
    }

    /// Ends a connection nobody will read from.
    fileprivate func discard() async {
        do {
            try await http.executeThenClose { _, _ in }
        } catch {
            // It is closed already, which is what was wanted.
        }
    }
}
