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
    }

    /// How long a handshake waits to be noted for the administrator's command.
    private static let journalInterval = Duration.seconds(2)

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
        let valueSets = try configuration.valueSets.bindings()
        raiseOpenFiles()
        let metrics = MetricsRegistry()
        let observer = Observer(logger: logger, metrics: metrics)
        let eventLoops = MultiThreadedEventLoopGroup(
            numberOfThreads: configuration.server.threads == 0 ? System.coreCount : configuration.server.threads)
        let storeThreads = NIOThreadPool(numberOfThreads: configuration.repository.threads)
        storeThreads.start()

        let client = PostgresClient(configuration: configuration.database.clientConfiguration, logger: logger)
        let store = try FileBlobStore(
            folder: configuration.repository.folder, maximumBytes: configuration.repository.documentBytes,
            threadPool: storeThreads, logger: logger)
        let directory = OrganisationDirectory(
            client: client, refreshInterval: configuration.organisationsRefresh, logger: logger)
        let deviations = DeviationLedger(client: client, logger: logger)
        let sweep = OrphanSweep(
            store: store, client: client, interval: configuration.repository.sweepInterval,
            age: configuration.repository.sweepAge, logger: logger)

        let journal = HandshakeJournal(
            register: HandshakeRegister(client: client), interval: Self.journalInterval, logger: logger)

        let ready = ReadyAddresses()
        let serving = Serving()
        let inWork = RequestsInWork(limit: configuration.limits.requests)
        let envelopes = SOAPEnvelopeBudget(limit: configuration.limits.envelopeBytesInWork)
        let frontDoor = FrontDoor(
            directory: directory, deviations: deviations, consent: configuration.access.consent,
            endpoints: endpoints(
                client: client, store: store, valueSets: valueSets, envelopes: envelopes, observer: observer),
            observer: observer, inWork: inWork, usage: OrganisationUsage(defaults: configuration.organisationLimits),
            journal: journal,
            stall: BodyStall(
                limit: configuration.server.bodyGrace, bytesPerSecond: configuration.server.bodyBytesPerSecond,
                observe: { violation, _ in Self.count(violation, in: metrics) }))
        let figures = DaemonFigures(
            client: client, sweep: sweep, directory: directory, inWork: inWork, envelopes: envelopes, journal: journal)
        let material = try tlsMaterial()
        metrics.collect { figures.samples() + Self.listAges(material) }
        let addresses = RevocationListAddresses(configured: configuration.server.revocationURLs ?? "")
        let server = frontDoorServer(
            frontDoor, material: material, metrics: metrics, journal: journal, addresses: addresses,
            eventLoops: eventLoops,
            onRunning: { port in
                serving.began()
                ready.frontDoor(port: port)
            })
        let operations = OperationsServer(
            metrics: metrics, health: Health(client: client, store: store, serving: serving), logger: logger
        ).application(
            host: configuration.operationsHost, port: configuration.operationsPort, eventLoopGroup: eventLoops,
            onServerRunning: { ready.operations(port: $0.localAddress?.port ?? 0) })

        // The order is that of starting; stopping goes the other way, so the front door closes first and the database last.
        let startup = Startup(
            client: client, directory: directory, migrations: Schemas.migrations.map(Migration.init),
            migrating: migrating, logger: logger)
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = [
            .init(service: client),
            .init(service: StartingAfter(startup: startup, service: directory)),
            .init(service: StartingAfter(startup: startup, service: sweep)),
            .init(service: StartingAfter(startup: startup, service: deviations)),
            .init(
                service: TLSMaterialRenewal(
                    holder: material, interval: configuration.server.reload, listAge: configuration.server.listAge,
                    logger: logger)),
            .init(service: operations),
            .init(service: StartingAfter(startup: startup, service: journal)),
            .init(service: StartingAfter(startup: startup, service: server)),
            .init(service: serving),
        ]
        if let fetcher = revocationListFetcher(addresses, material: material, metrics: metrics) {
            services.append(.init(service: fetcher))
        }
        if let whileServing {
            services.append(
                .init(
                    service: Visitor(ready: ready, visit: whileServing),
                    successTerminationBehavior: .gracefullyShutdownGroup,
                    failureTerminationBehavior: .gracefullyShutdownGroup))
        }
        var group = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = configuration.server.shutdown
        do {
            try await ServiceGroup(configuration: group).run()
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            try await Self.release(eventLoops, storeThreads)
            throw StartupError.addressInUse(configuration)
        } catch {
            try await Self.release(eventLoops, storeThreads)
            throw error
        }
        try await Self.release(eventLoops, storeThreads)
        logger.info("stopped")
    }

    private static func release(_ eventLoops: MultiThreadedEventLoopGroup, _ storeThreads: NIOThreadPool) async throws {
        try await storeThreads.shutdownGracefully()
        try await eventLoops.shutdownGracefully()
    }

    /// Connections and documents in transit are open files.
    private func raiseOpenFiles() {
        let limit = OpenFileLimit.raise()
        guard limit <= configuration.server.connections else { return }
        logger.warning(
            "server.connections is more than the system lets this process open; raise its limit of open files",
            metadata: ["limit": "\(limit)", "connections": "\(configuration.server.connections)"])
    }

    // MARK: Parts

    private func endpoints(
        client: PostgresClient, store: FileBlobStore, valueSets: ValueSetBindings, envelopes: SOAPEnvelopeBudget,
        observer: Observer
    ) -> [Endpoint] {
        let mapping = ErrorMapping(observer: observer)
        let registry = DocumentRegistry(
            store: PostgresRegistryStore(
                client: client, maximumResults: configuration.limits.results,
                unknownPatients: configuration.unknownPatientInQuery),
            valueSets: valueSets,
            internalError: { mapping.registryError(for: $0, requestID: $1) })
        let repository = DocumentRepository(
            uniqueID: configuration.repository.uniqueID, client: client, store: store,
            registry: InProcessRegistrySubmitter(registry: registry),
            entryIsVisible: { VisibleEntries($0).append(to: &$2, entry: $1, patients: .ofRow) },
            internalError: { mapping.repositoryError(for: $0, requestID: $1) })
        let limits = configuration.limits.soapLimits(documentBytes: configuration.repository.documentBytes)
        let address = configuration.server.publicAddress ?? "https://localhost:\(configuration.server.port)"
        return [
            Endpoint(
                path: "/xds/registry",
                router: SOAPRouter(
                    operations: registry.operations.map { $0.restricted() }, attachments: NoAttachments(),
                    limits: limits, envelopeBudget: envelopes,
                    mapError: { mapping.fault(for: $0, requestID: $1.requestID) }),
                description: ServiceDescription.lookup(wsdl: Schemas.registryWSDL, address: address + "/xds/registry")),
            Endpoint(
                path: "/xds/repository",
                router: SOAPRouter(
                    operations: repository.operations.map { $0.restricted() }, attachments: store, limits: limits,
                    envelopeBudget: envelopes,
                    mapError: { mapping.fault(for: $0, requestID: $1.requestID) }),
                description: ServiceDescription.lookup(
                    wsdl: Schemas.repositoryWSDL, address: address + "/xds/repository")),
        ]
    }
}
