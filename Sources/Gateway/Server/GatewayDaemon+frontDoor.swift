import CoreMetrics
import Foundation
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle
import Trust

extension GatewayDaemon {
    /// Certificates, keys and lists of the front door.
    /// - Throws: ``TLSMaterialError`` that names keys and files.
    func tlsMaterial() throws -> TLSMaterialHolder {
        let server = configuration.server
        if server.revocationLists == nil, server.revocationURLs == nil, server.ocsp == .off {
            logger.warning(
                "server.revocationLists is not set: client certificates that were revoked are not recognised")
        }
        guard (server.revocationURLs == nil) == (server.revocationFolder == nil) else {
            throw ConfigurationError(problems: [
                "server.revocationUrls, server.revocationFolder: give both or neither; fetched lists are kept on disk"
            ])
        }
        let material = try TLSMaterialHolder(server.tlsMaterialFiles)
        let anchors = material.current.trustStore.anchors
        if server.uraIssuers == nil, anchors.count > 1 {
            logger.warning(
                "server.uraIssuers is not set: each trusted authority may vouch for the URA of any organisation",
                metadata: ["authorities": "\(anchors.map(\.subject))"])
        }
        return material
    }

    /// Fetches revocation lists; nil when none are to be fetched.
    func revocationListFetcher(
        _ addresses: RevocationListAddresses, material: TLSMaterialHolder, metrics: MetricsRegistry
    ) -> RevocationListFetcher? {
        guard let folder = configuration.server.revocationFolder else { return nil }
        return RevocationListFetcher(
            addresses: addresses, folder: folder, interval: configuration.server.revocationFetch, holder: material,
            logger: logger, metrics: metrics)
    }

    /// How old the newest list of every issuer is, for metrics.
    static func listAges(_ material: TLSMaterialHolder) -> [MetricsRegistry.Sample] {
        let store = material.current.trustStore
        return Set(store.revocationLists.map(\.issuer)).sorted().map { issuer in
            .init(
                "xds_revocation_list_age_seconds", .gauge, "Age of the newest revocation list of an issuer.",
                [("issuer", issuer)], store.newestList(of: issuer).map { -$0.timeIntervalSinceNow } ?? 0)
        }
    }

    /// How the peers of both doors, HTTP and HL7 v2, are checked.
    func handshakeLimits(metrics: MetricsRegistry) -> MutualTLSConfiguration {
        let server = configuration.server
        var limits = server.mutualTLS(headerBytes: configuration.limits.requestHeaderBytes)
        if server.ocsp != .off {
            let ocsp = OCSPChecker(
                policy: server.ocsp, responder: server.ocspResponder, timeLimit: TimeAmount(server.ocspLimit)
            ) { outcome in
                Counter(
                    label: "xds_ocsp_lookups_total", dimensions: [("outcome", outcome.rawValue)], factory: metrics
                ).increment()
            }
            limits.check = PeerCheck(ocsp: ocsp, threadPool: limits.check.threadPool)
        }
        return limits
    }

    /// The mutual-TLS server in front of the front door.
    func frontDoorServer(
        _ parts: DaemonParts, material: TLSMaterialHolder, addresses: RevocationListAddresses
    ) -> some Service {
        let server = configuration.server
        let frontDoor = parts.frontDoor
        let channel = MutualTLSChannel(
            responder: { try await frontDoor.respond($0, $1, $2) }, material: material,
            configuration: handshakeLimits(metrics: parts.metrics), logger: logger,
            observe: { event in
                parts.note(event)
                addresses.note(event)
            })
        return HummingbirdCore.Server(
            childChannelSetup: channel,
            configuration: .init(
                address: .hostname(server.host, port: server.port), serverName: nil, backlog: 1_024,
                availableConnectionsDelegate: MaximumAvailableConnections(server.connections, logger: logger)),
            onServerRunning: { channel in
                parts.serving.began()
                parts.ready.frontDoor(port: channel.localAddress?.port ?? 0)
            },
            eventLoopGroup: parts.eventLoops, logger: logger)
    }

    static func count(_ event: MutualTLSEvent, in metrics: MetricsRegistry) {
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
    /// Where the TLS material lies.
    var tlsMaterialFiles: TLSMaterialFiles {
        TLSMaterialFiles(
            certificate: certificate, key: key, trustAnchors: trustAnchors, revocationLists: revocationLists,
            fetchedLists: revocationFolder, policy: trustPolicy)
    }

    /// Whose certificates lead to an organisation by the URA in them; nil: those of every trusted authority. Blocks.
    /// - Throws: ``ConfigurationError`` that names the key and the file.
    func readURAIssuers() throws -> CertificateIssuers? {
        do {
            return try uraIssuers.map { try CertificateIssuers(pemFile: $0) }
        } catch {
            throw ConfigurationError(problems: ["server.uraIssuers: \(error)"])
        }
    }

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
        configuration.maximumConnectionsPerAddress = connectionsPerAddress
        configuration.maximumHeaderBytes = headerBytes
        configuration.pace = pace
        return configuration
    }
}
