import CoreMetrics
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

extension GatewayDaemon {
    /// Certificates, keys and lists of the front door.
    /// - Throws: ``TLSMaterialError`` that names keys and files.
    func tlsMaterial() throws -> TLSMaterialHolder {
        let server = configuration.server
        if server.revocationLists == nil {
            logger.warning(
                "server.revocationLists is not set: client certificates that were revoked are not recognised")
        }
        return try TLSMaterialHolder(
            TLSMaterialFiles(
                certificate: server.certificate, key: server.key, trustAnchors: server.trustAnchors,
                revocationLists: server.revocationLists, policy: server.trustPolicy))
    }

    /// The mutual-TLS server in front of `frontDoor`.
    func frontDoorServer(
        _ frontDoor: FrontDoor, material: TLSMaterialHolder, metrics: MetricsRegistry, journal: HandshakeJournal,
        eventLoops: any EventLoopGroup, onRunning: @escaping @Sendable (Int) -> Void
    ) -> some Service {
        let server = configuration.server
        let channel = MutualTLSChannel(
            responder: { try await frontDoor.respond($0, $1, $2) }, material: material,
            configuration: server.mutualTLS(headerBytes: configuration.limits.requestHeaderBytes),
            logger: logger,
            observe: {
                Self.count($0, in: metrics)
                journal.note($0)
            })
        return HummingbirdCore.Server(
            childChannelSetup: channel,
            configuration: .init(
                address: .hostname(server.host, port: server.port), serverName: nil, backlog: 1_024,
                availableConnectionsDelegate: MaximumAvailableConnections(server.connections, logger: logger)),
            onServerRunning: { onRunning($0.localAddress?.port ?? 0) },
            eventLoopGroup: eventLoops, logger: logger)
    }

    private static func count(_ event: MutualTLSEvent, in metrics: MetricsRegistry) {
        switch event {
        case .admitted:
            Counter(label: "xds_handshakes_total", dimensions: [("outcome", "accepted")], factory: metrics).increment()
        case .failed(let failure, _, _):
            Counter(label: "xds_handshakes_total", dimensions: [("outcome", failure.word)], factory: metrics)
                .increment()
        case .slow(let violation, _):
            count(violation, in: metrics)
        }
    }

    static func count(_ violation: PeerPaceViolation, in metrics: MetricsRegistry) {
        Counter(label: "xds_slow_peers_total", dimensions: [("reason", violation.rawValue)], factory: metrics)
            .increment()
    }
}

extension GatewayConfiguration.Server {
    /// The limits of handshakes and of slow peers.
    fileprivate func mutualTLS(headerBytes: Int) -> MutualTLSConfiguration {
        var pace = PeerPaceConfiguration()
        pace.headTimeout = TimeAmount(head)
        pace.idleTimeout = TimeAmount(idle)
        pace.bodyGrace = TimeAmount(bodyGrace)
        pace.bodyBytesPerSecond = bodyBytesPerSecond
        pace.writeTimeout = TimeAmount(write)
        var configuration = MutualTLSConfiguration()
        configuration.handshakeTimeout = TimeAmount(handshake)
        configuration.maximumHeaderBytes = headerBytes
        configuration.pace = pace
        return configuration
    }
}
