import AccessControl
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import PostgresKit
import SOAPKit
import Schemas
import XDSMetadata
import XDSRegistry
import XDSRepository

/// What the daemon is made of, made from the configuration and joined; ``GatewayDaemon`` runs it.
struct DaemonParts: Sendable {
    /// How long a handshake waits to be noted for the administrator's command.
    private static let journalInterval = Duration.seconds(2)
    /// Queries and retrievals, and registrations, worked on at a time of an organisation that is alone: with more nothing is answered
    /// sooner, and who comes then has more in front.
    private static let turnsAlone = 64

    let configuration: GatewayConfiguration
    let metrics: MetricsRegistry
    let observer: Observer
    let eventLoops: MultiThreadedEventLoopGroup
    let storeThreads: NIOThreadPool
    let client: PostgresClient
    /// Connections of the audit trail.
    let journalClient: PostgresClient
    let store: FileBlobStore
    let directory: OrganisationDirectory
    let deviations: DeviationLedger
    let sweep: OrphanSweep
    let journal: HandshakeJournal
    let bodies: BodySweep
    let audit: AuditParts
    let feed: PatientIdentityFeed
    let ready: ReadyAddresses
    let serving = Serving()
    let inWork: RequestsInWork
    let usage: OrganisationUsage
    let turns: OrganisationTurns
    let envelopes: SOAPEnvelopeBudget
    /// nil: no answer is given twice.
    let knownAnswers: KnownAnswers?
    /// Registrations that share a transaction.
    let registrationGroups: RegistrationGroups
    private let valueSets: ValueSetBindings

    /// Makes the parts; nothing runs yet but the threads.
    /// - Throws: what keeps the daemon from starting, with the key or the file that is to be mended.
    init(configuration: GatewayConfiguration, logger: Logger) throws {
        self.configuration = configuration
        valueSets = try configuration.valueSets.bindings()
        metrics = MetricsRegistry()
        observer = Observer(logger: logger, metrics: metrics)
        eventLoops = MultiThreadedEventLoopGroup(
            numberOfThreads: configuration.server.threads == 0 ? System.coreCount : configuration.server.threads)
        storeThreads = NIOThreadPool(numberOfThreads: configuration.repository.threads)
        storeThreads.start()
        client = PostgresClient(configuration: configuration.database.clientConfiguration, logger: logger)
        var journalConnections = configuration.database.clientConfiguration
        journalConnections.sharedConnections = 1
        journalConnections.leasedConnections = 1
        journalClient = PostgresClient(configuration: journalConnections, logger: logger)
        store = try FileBlobStore(
            folder: configuration.repository.folder, maximumBytes: configuration.repository.documentBytes,
            threadPool: storeThreads, logger: logger)
        directory = OrganisationDirectory(
            client: client, uraIssuers: try configuration.server.readURAIssuers(),
            refreshInterval: configuration.organisationsRefresh, logger: logger)
        deviations = DeviationLedger(client: client, logger: logger)
        sweep = OrphanSweep(
            store: store, client: client, interval: configuration.repository.sweepInterval,
            age: configuration.repository.sweepAge, logger: logger)
        bodies = BodySweep(
            stall: BodyStall(
                limit: configuration.server.bodyGrace, bytesPerSecond: configuration.server.bodyBytesPerSecond,
                observe: { [metrics] violation, _ in GatewayDaemon.count(violation, in: metrics) }))
        journal = HandshakeJournal(
            register: HandshakeRegister(client: client), interval: Self.journalInterval, logger: logger)
        audit = try AuditParts(
            configuration: configuration, client: client, journalClient: journalClient, metrics: metrics,
            eventLoops: eventLoops, logger: logger)
        let mapping = ErrorMapping(observer: observer)
        feed = PatientIdentityFeed(
            register: PatientRegister(client: client), domain: configuration.patientDomain,
            internalError: { mapping.registryError(for: $0, requestID: $1) })
        ready = ReadyAddresses(awaitsMLLP: configuration.mllp.isEnabled)
        usage = OrganisationUsage(defaults: configuration.organisationLimits)
        let transactions = configuration.database.transactionConnections
        // A group keeps a processor busy, here or in the database.
        let groups = max(1, min(System.coreCount, transactions / 4))
        registrationGroups = RegistrationGroups(groupsAtOnce: groups)
        // Beside the groups, which all share, one connection is left to the others, if there are three; an organisation that is alone
        // leaves as many, groups included, as it could use itself beside others.
        let reading = min(configuration.readingTurns, max(1, configuration.database.sharedConnections - 1))
        let writing = min(configuration.writingTurns, max(1, transactions - groups - 1))
        turns = OrganisationTurns(
            besideOthers: .init(reading: reading, registering: configuration.registeringTurns, writing: writing),
            alone: .init(
                reading: Self.turnsAlone, registering: max(configuration.registeringTurns, Self.turnsAlone),
                writing: max(writing, transactions - max(writing, groups + 1))),
            patience: TimeAmount(configuration.turnPatience))
        knownAnswers =
            configuration.knownAnswerBytes > 0 ? KnownAnswers(capacity: configuration.knownAnswerBytes) : nil
        inWork = RequestsInWork(limit: configuration.limits.requests)
        envelopes = SOAPEnvelopeBudget(
            limit: configuration.limits.envelopeBytesInWork,
            senderLimit: max(configuration.limits.envelopeBytesInWork / 2, configuration.limits.envelopeBytes))
    }

    /// Ends the threads.
    func release() async throws {
        try await storeThreads.shutdownGracefully()
        try await eventLoops.shutdownGracefully()
    }

    /// Gives `/metrics` the figures of the parts.
    func collectFigures(of material: TLSMaterialHolder) {
        let figures = DaemonFigures(
            client: client, sweep: sweep, directory: directory, inWork: inWork, turns: turns, envelopes: envelopes,
            journal: journal, knownAnswers: knownAnswers, registrationGroups: registrationGroups)
        metrics.collect { [audit] in
            figures.samples() + GatewayDaemon.listAges(material) + audit.samples()
        }
    }

    /// Tells all who listen what happened at one of the doors. Called on event loops.
    func note(_ event: MutualTLSEvent) {
        GatewayDaemon.count(event, in: metrics)
        journal.note(event)
        audit.handshakes.note(event)
    }

    /// The HTTP side of the front door.
    var frontDoor: FrontDoor {
        FrontDoor(self, endpoints: endpoints)
    }

    // MARK: Endpoints

    private var endpoints: [Endpoint] {
        let mapping = ErrorMapping(observer: observer)
        let registry = DocumentRegistry(
            store: PostgresRegistryStore(
                client: client, patientDomain: configuration.patientDomain,
                maximumResults: configuration.limits.results,
                unknownPatients: configuration.unknownPatientInQuery, knownAnswers: knownAnswers,
                registrations: .withNextCommit, registrationGroups: registrationGroups),
            valueSets: valueSets, maximumObjects: configuration.limits.submissionObjects,
            internalError: { mapping.registryError(for: $0, requestID: $1) })
        let repository = DocumentRepository(
            uniqueID: configuration.repository.uniqueID, client: client, store: store,
            registry: InProcessRegistrySubmitter(registry: registry),
            entryIsVisible: { VisibleEntries($0).append(to: &$2, entry: $1, patients: .ofRow) },
            internalError: { mapping.repositoryError(for: $0, requestID: $1) })
        return [
            endpoint("/xds/registry", registry.operations, NoAttachments(), Schemas.registryWSDL, mapping),
            endpoint("/xds/repository", repository.operations, store, Schemas.repositoryWSDL, mapping),
            endpoint(
                "/pix", PatientIdentityFeedHandler(feed: feed).operations, NoAttachments(), Schemas.patientFeedWSDL,
                mapping),
        ]
    }

    /// A path whose operations are recorded, and answered for callers only that may call them.
    private func endpoint<Attachments: AttachmentStore>(
        _ path: String, _ operations: [SOAPOperation<Caller, Attachments.Attachment>], _ attachments: Attachments,
        _ wsdl: Schemas.File, _ mapping: ErrorMapping
    ) -> Endpoint {
        let address = configuration.server.publicAddress ?? "https://localhost:\(configuration.server.port)"
        return Endpoint(
            path: path,
            router: SOAPRouter(
                operations: operations.map { $0.inTurn().audited().restricted() }, attachments: attachments,
                limits: configuration.limits.soapLimits(documentBytes: configuration.repository.documentBytes),
                envelopeBudget: envelopes, mapError: { mapping.fault(for: $0, requestID: $1.requestID) },
                sender: { $0.organisation }),
            description: ServiceDescription.lookup(wsdl: wsdl, address: address + path))
    }
}
