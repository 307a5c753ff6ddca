import AccessControl
import HummingbirdCore
import NIOCore
import PostgresKit
import ServiceLifecycle
import XDSRegistry

extension GatewayDaemon {
    /// The patient identity feed, for both of its forms.
    func patientIdentityFeed(client: PostgresClient, observer: Observer) -> PatientIdentityFeed {
        let mapping = ErrorMapping(observer: observer)
        return PatientIdentityFeed(
            register: PatientRegister(client: client), domain: configuration.patientDomain,
            internalError: { mapping.registryError(for: $0, requestID: $1) })
    }

    /// The HL7 v2 door; nil when the configuration has none.
    func mllpServer(
        _ door: MLLPDoor, material: TLSMaterialHolder, eventLoops: any EventLoopGroup, ready: ReadyAddresses
    ) -> (some Service)? {
        let mllp = configuration.mllp
        guard mllp.isEnabled else { return HummingbirdCore.Server<MLLPChannel>?.none }
        var handshakes = MutualTLSConfiguration()
        handshakes.handshakeTimeout = TimeAmount(configuration.server.handshake)
        let metrics = door.observer.metrics
        let channel = MLLPChannel(
            door: door, material: material,
            configuration: MLLPConfiguration(
                messageBytes: mllp.messageBytes, messageTimeout: TimeAmount(mllp.message),
                idleTimeout: TimeAmount(mllp.idle), writeTimeout: TimeAmount(configuration.server.write)),
            handshakes: handshakes, logger: logger, observe: { Self.count($0, in: metrics) })
        return HummingbirdCore.Server(
            childChannelSetup: channel,
            configuration: .init(
                address: .hostname(mllp.host, port: mllp.port), serverName: nil, backlog: 128,
                availableConnectionsDelegate: MaximumAvailableConnections(mllp.connections, logger: logger)),
            onServerRunning: { ready.mllp(port: $0.localAddress?.port ?? 0) }, eventLoopGroup: eventLoops,
            logger: logger)
    }
}
