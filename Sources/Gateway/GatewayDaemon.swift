import AccessControl
import CoreMetrics
import Glibc
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import PostgresKit
import SOAPKit
import Schemas
import ServiceLifecycle
import Trust
import UnixSignals
import XDSMetadata
import XDSRegistry
import XDSRepository

/// The composition root: makes the parts from the configuration, joins them, and runs them until a signal.
struct GatewayDaemon: Sendable {
    /// Where the daemon listens, told when it does.
    struct Addresses: Sendable {
        let frontDoor: Int
        let operations: Int
        /// Nil when there is no HL7 v2 door.
        let mllp: Int?
    }

    let configuration: GatewayConfiguration
    let logger: Logger

    /// Runs the daemon. Returns after a graceful stop.
    /// - Parameters:
    ///   - migrating: whether missing migrations are applied first; otherwise they stop the start.
    ///   - whileServing: runs beside the daemon once it answers; when it returns, the daemon stops. For the demo.
    /// - Throws: what keeps the daemon from starting, with the key or the command that mends it.
    func run(
        migrating: Bool, whileServing: (@Sendable (Addresses) async throws -> Void)? = nil
    ) async throws {
        ProcessMemory.keepFreed()
        raiseOpenFiles()
        let parts = try DaemonParts(configuration: configuration, logger: logger)
        do {
            try await serve(parts, migrating: migrating, whileServing: whileServing)
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            try await parts.release()
            throw StartupError.addressInUse(configuration)
        } catch {
            try await parts.release()
            throw error
        }
        try await parts.release()
        logger.info("stopped")
    }

    private func serve(
        _ parts: DaemonParts, migrating: Bool, whileServing: (@Sendable (Addresses) async throws -> Void)?
    ) async throws {
        let startup = Startup(
            client: parts.client, directory: parts.directory, migrations: Schemas.migrations.map(Migration.init),
            migrating: migrating, logger: logger)
        var serving = try services(of: parts, startingAfter: startup)
        if let whileServing {
            serving.append(
                .init(
                    service: Visitor(ready: parts.ready, visit: whileServing),
                    successTerminationBehavior: .gracefullyShutdownGroup,
                    failureTerminationBehavior: .gracefullyShutdownGroup))
        }
        // Whatever is cut short when the time of a stop is used up, the audit trail and the database have time of their own, so
        // that the stop itself is recorded and sealed.
        var inner = ServiceGroupConfiguration(services: serving, logger: logger)
        inner.maximumGracefulShutdownDuration = configuration.server.shutdown
        var outer = ServiceGroupConfiguration(
            services: [.init(service: parts.client), .init(service: parts.journalClient)]
                + parts.audit.recording(startingAfter: startup) + [
                    .init(
                        service: ServiceGroup(configuration: inner),
                        successTerminationBehavior: .gracefullyShutdownGroup,
                        failureTerminationBehavior: .gracefullyShutdownGroup)
                ], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        outer.maximumGracefulShutdownDuration = configuration.server.shutdown + Self.recordingTheStop
        try await ServiceGroup(configuration: outer).run()
    }

    /// Time for the audit trail to record and to seal a stop, beyond the time for what was accepted.
    private static let recordingTheStop = Duration.seconds(10)

    /// The services between the doors and the audit trail in the order of starting; stopping goes the other way, so the doors close
    /// first.
    private func services(
        of parts: DaemonParts, startingAfter startup: Startup
    ) throws -> [ServiceGroupConfiguration.ServiceConfiguration] {
        let material = try tlsMaterial()
        let addresses = RevocationListAddresses(configured: configuration.server.revocationURLs ?? "")
        parts.collectFigures(of: material)
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = [
            .init(service: StartingAfter(startup: startup, service: parts.directory))
        ]
        services += parts.audit.services(startingAfter: startup)
        services += [
            .init(service: StartingAfter(startup: startup, service: parts.sweep)),
            .init(service: StartingAfter(startup: startup, service: parts.deviations)),
            .init(
                service: TLSMaterialRenewal(
                    holder: material, interval: configuration.server.reload, listAge: configuration.server.listAge,
                    logger: logger)),
            .init(service: operationsServer(parts)),
            .init(service: parts.bodies),
            .init(service: StartingAfter(startup: startup, service: parts.journal)),
            .init(
                service: StartingAfter(
                    startup: startup, service: frontDoorServer(parts, material: material, addresses: addresses))),
        ]
        if let mllp = mllpServer(parts, material: material, addresses: addresses) {
            services.append(.init(service: StartingAfter(startup: startup, service: mllp)))
        }
        services.append(.init(service: parts.serving))
        if let fetcher = revocationListFetcher(addresses, material: material, metrics: parts.metrics) {
            services.append(.init(service: fetcher))
        }
        return services
    }

    private func operationsServer(_ parts: DaemonParts) -> some Service {
        OperationsServer(
            metrics: parts.metrics,
            health: Health(client: parts.client, store: parts.store, serving: parts.serving), logger: logger
        ).application(
            host: configuration.operationsHost, port: configuration.operationsPort,
            eventLoopGroup: parts.eventLoops,
            onServerRunning: { parts.ready.operations(port: $0.localAddress?.port ?? 0) })
    }

    /// Connections and documents in transit are open files.
    private func raiseOpenFiles() {
        let limit = OpenFileLimit.raise()
        guard limit <= configuration.server.connections else { return }
        logger.warning(
            "server.connections is more than the system lets this process open; raise its limit of open files",
            metadata: ["limit": "\(limit)", "connections": "\(configuration.server.connections)"])
    }
}
