import HL7Kit
import HummingbirdCore
import Logging
import NIOCore
import Trust

/// The connections of the HL7 v2 door: TLS with a client certificate as at the front door, then MLLP.
///
/// One message at a time is worked on for a connection, so that answers come in the order of the messages. At a
/// graceful stop the message in work is answered, then the connection closes.
struct MLLPChannel: ServerChildChannel {
    /// A connection that is being set up.
    struct Value: ServerChildChannelValue {
        fileprivate let connection: NIOAsyncChannel<MLLPFrameStateMachine.Event, ByteBuffer>
        /// The verified peer, or nil when the connection failed before.
        fileprivate let admission: EventLoopFuture<PeerIdentity?>

        var channel: any Channel { connection.channel }
    }

    private let door: MLLPDoor
    private let material: TLSMaterialHolder
    private let configuration: MLLPConfiguration
    private let state: MutualTLSState

    /// - Parameters:
    ///   - door: answers messages.
    ///   - material: certificates, keys and lists; the same as at the front door.
    ///   - logger: gets one line for a failed handshake, with the plain sentence.
    ///   - observe: told about every connection. Called on event loops: must not block.
    init(
        door: MLLPDoor, material: TLSMaterialHolder, configuration: MLLPConfiguration = .init(),
        handshakes: MutualTLSConfiguration = .init(), logger: Logger,
        observe: @escaping @Sendable (MutualTLSEvent) -> Void = { _ in }
    ) {
        self.door = door
        self.material = material
        self.configuration = configuration
        state = MutualTLSState(configuration: handshakes, log: MutualTLSLog(logger: logger), observe: observe)
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let value = channel.eventLoop.makeCompletedFuture {
            try channel.syncOptions?.setOption(.tcpOption(.tcp_nodelay), value: 1)
            let peer = try MutualTLSAdmissionHandler.secure(channel, with: material, state: state)
            try channel.pipeline.syncOperations.addHandler(MLLPFrameHandler(configuration: configuration))
            return Value(
                connection: try NIOAsyncChannel(wrappingChannelSynchronously: channel), admission: peer)
        }
        // The server drops a connection whose setup failed, but leaves it open.
        value.whenFailure { _ in channel.close(promise: nil) }
        return value
    }

    func handle(value: Value, logger: Logger) async {
        do {
            let peer = try await value.admission.get()
            try await value.connection.executeThenClose { inbound, outbound in
                guard let peer else { return }
                try await PeerIdentity.$current.withValue(peer) {
                    for try await event in inbound {
                        let reply = await door.answer(to: event, from: peer)
                        if let frame = reply.frame { try await outbound.write(frame) }
                        if reply.endsConnection { break }
                    }
                }
            }
        } catch {
            // The peer is gone; what it sent is done, and the answer lost, as when the network fails.
            logger.trace("MLLP connection ended", metadata: ["cause": "\(error)"])
        }
    }
}
