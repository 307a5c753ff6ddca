import AuditTrail
import CoreMetrics
import Foundation
import Logging
import NIOCore
import PostgresKit
import ServiceLifecycle
import XDSMetadata
import XDSRegistry

/// The parts of the daemon that record, seal and forward, joined.
struct AuditParts: Sendable {
    let writer: AuditWriter
    let sealing: AuditSealing
    let forwarder: SyslogForwarder?
    let auditor: Auditor
    let handshakes: HandshakeAudit
    let submissions: UnrecordedSubmissions

    /// - Parameters:
    ///   - journalClient: connections for the writing alone, so that a commit, which waits for the disk, holds up no query that
    ///     would be behind it on the same connection.
    /// - Throws: ``AuditSigningKey/Unusable`` and what keeps the TLS files of forwarding from being used.
    init(
        configuration: GatewayConfiguration, client: PostgresClient, journalClient: PostgresClient,
        metrics: MetricsRegistry,
        eventLoops: any EventLoopGroup, logger: Logger
    ) throws {
        let audit = configuration.audit
        let source = AuditSource.thisProcess(node: audit.node)
        let key = try audit.signingKey.map { try AuditSigningKey(pemFile: $0) }
        let journal = AuditJournal(client: journalClient, source: source, key: key, logger: logger)
        let commit = Timer(label: "xds_audit_commit_seconds", factory: metrics)
        writer = AuditWriter(journal: journal, committed: { commit.recordNanoseconds($1.nanoseconds) })
        if key == nil {
            logger.warning(
                "audit.signingKey is not set: the audit trail has no signatures, and who owns the database can rewrite it"
            )
        }
        sealing = AuditSealing(
            client: client, journal: journal, key: key, node: audit.node, anchorFile: audit.anchorFile,
            interval: audit.checkpoint, logger: logger)
        forwarder = try audit.syslog.map { syslog in
            SyslogForwarder(
                client: client, receiver: try syslog.receiver(), renewal: { try syslog.receiver() },
                eventLoops: eventLoops,
                origin: .init(
                    hostName: audit.node, application: "xds-gateway", process: String(source.process)),
                enterpriseSiteID: configuration.homeCommunityID.oid.text, sessionTime: syslog.session, logger: logger)
        }
        let server = configuration.server
        auditor = Auditor(
            writer: writer, patients: PatientLookup(client: client),
            address: server.publicAddress ?? "https://localhost:\(server.port)")
        handshakes = HandshakeAudit(writer: writer, logger: logger)
        submissions = UnrecordedSubmissions(client: client, source: source, key: key, logger: logger)
    }

    /// What records, in the order of starting. Stopping goes the other way: the writer, which records the stop, then the seal over
    /// it. They outlast all that hands in events.
    func recording(startingAfter startup: Startup) -> [ServiceGroupConfiguration.ServiceConfiguration] {
        [
            .init(service: StartingAfter(startup: startup, service: sealing)),
            .init(service: StartingAfter(startup: startup, service: writer)),
        ]
    }

    /// What hands in events, and what forwards them.
    func services(startingAfter startup: Startup) -> [ServiceGroupConfiguration.ServiceConfiguration] {
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = [
            .init(service: StartingAfter(startup: startup, service: handshakes)),
            .init(service: StartingAfter(startup: startup, service: submissions)),
        ]
        if let forwarder { services.append(.init(service: StartingAfter(startup: startup, service: forwarder))) }
        return services
    }

    /// Figures for `/metrics`.
    func samples() -> [MetricsRegistry.Sample] {
        let written = writer.figures
        var samples: [MetricsRegistry.Sample] = [
            .init("xds_audit_events_total", .counter, "Audit events written.", [], Double(written.events)),
            .init(
                "xds_audit_groups_total", .counter,
                "Commits of audit events; events by commits is the size of a group.",
                [], Double(written.groups)),
            .init(
                "xds_audit_failures_total", .counter, "Groups of audit events that could not be written.", [],
                Double(written.failures)),
        ]
        guard let figures = forwarder?.figures else { return samples }
        samples += [
            .init(
                "xds_audit_forward_lag_events", .gauge, "Events the audit repository has not confirmed.", [],
                Double(figures.lag)),
            .init(
                "xds_audit_forward_lag_seconds", .gauge, "Age of the oldest of them.", [], figures.lagSeconds),
            .init(
                "xds_audit_forwarded_total", .counter, "Events confirmed by the audit repository.", [],
                Double(figures.forwarded)),
        ]
        samples += figures.failures.sorted { $0.key < $1.key }.map { cause, count in
            .init(
                "xds_audit_forward_failures_total", .counter, "Sessions with the audit repository that failed.",
                [("cause", cause)], Double(count))
        }
        return samples
    }
}

extension GatewayConfiguration.Audit.Syslog {
    /// - Throws: ``ConfigurationError`` that names the files.
    fileprivate func receiver() throws -> SyslogReceiver {
        do {
            var receiver = SyslogReceiver(
                host: host, port: port,
                tls: try SyslogReceiver.tls(certificate: certificate, key: key, trustAnchors: trustAnchors))
            receiver.stallTime = stall
            return receiver
        } catch {
            throw ConfigurationError(problems: [
                "audit.syslogCertificate, audit.syslogKey, audit.syslogTrustAnchors: \(certificate), \(key), \(trustAnchors): "
                    + "refused by TLS: \(error)"
            ])
        }
    }
}

extension AuditSource {
    /// This process on a node.
    static func thisProcess(node: String) -> AuditSource {
        AuditSource(node: node, process: ProcessInfo.processInfo.processIdentifier)
    }
}
