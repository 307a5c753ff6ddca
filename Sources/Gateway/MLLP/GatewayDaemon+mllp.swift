import AccessControl
import HummingbirdCore
import NIOCore
import PostgresKit
import ServiceLifecycle
import XDSRegistry

extension GatewayDaemon {
    /// The HL7 v2 door; nil when the configuration has none.
    func mllpServer(
        _ parts: DaemonParts, material: TLSMaterialHolder, addresses: RevocationListAddresses
    ) -> (some Service)? {
        let mllp = configuration.mllp
        guard mllp.isEnabled else { return HummingbirdCore.Server<MLLPChannel>?.none }
        let door = MLLPDoor(
            directory: parts.directory, feed: parts.feed, observer: parts.observer, auditor: parts.audit.auditor,
            inWork: parts.inWork, usage: parts.usage, turns: parts.turns, journal: parts.journal,
            messageBytes: mllp.messageBytes)
        let channel = MLLPChannel(
            door: door, material: material,
            configuration: MLLPConfiguration(
                messageBytes: mllp.messageBytes, messageTimeout: TimeAmount(mllp.message),
                idleTimeout: TimeAmount(mllp.idle), writeTimeout: TimeAmount(configuration.server.write)),
            handshakes: handshakeLimits(metrics: parts.metrics), logger: logger,
            observe: { event in
                parts.note(event)
                addresses.note(event)
            })
        return HummingbirdCore.Server(
            childChannelSetup: channel,
            configuration: .init(
                address: .hostname(mllp.host, port: mllp.port), serverName: nil, backlog: 128,
                availableConnectionsDelegate: MaximumAvailableConnections(mllp.connections, logger: logger)),
            onServerRunning: { parts.ready.mllp(port: $0.localAddress?.port ?? 0) },
            eventLoopGroup: parts.eventLoops, logger: logger)
    }
}
