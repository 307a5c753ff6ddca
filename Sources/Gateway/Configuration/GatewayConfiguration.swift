import AccessControl
import Foundation
import Logging
import Trust
import XDSMetadata
import XDSRegistry

/// The configuration of the daemon, read and checked once before anything starts.
struct GatewayConfiguration: Sendable {
    /// The mutual-TLS front door.
    struct Server: Sendable {
        let host: String
        let port: Int
        let publicAddress: String?
        let certificate: String
        let key: String
        let trustAnchors: String
        let uraIssuers: String?
        let revocationLists: String?
        let trustPolicy: TrustPolicy
        let listAge: Duration?
        let revocationURLs: String?
        let revocationFolder: String?
        let revocationFetch: Duration
        let ocsp: OCSPPolicy
        let ocspResponder: String?
        let ocspLimit: Duration
        let reload: Duration
        let threads: Int
        let connections: Int
        let connectionsPerAddress: Int
        let handshake: Duration
        let head: Duration
        let idle: Duration
        let bodyGrace: Duration
        let bodyBytesPerSecond: Int
        let write: Duration
        let shutdown: Duration
    }

    /// The HL7 v2 door.
    struct MLLP: Sendable {
        let isEnabled: Bool
        let host: String
        let port: Int
        let connections: Int
        let messageBytes: Int
        let message: Duration
        let idle: Duration
    }

    /// The database.
    struct Database: Sendable {
        let conninfo: String
        let sharedConnections: Int
        let transactionConnections: Int
        let query: Duration
        let wait: Duration
    }

    /// The Document Repository.
    struct Repository: Sendable {
        let uniqueID: OID
        let folder: String
        let documentBytes: Int
        let threads: Int
        let sweepInterval: Duration
        let sweepAge: Duration
    }

    /// The audit trail.
    struct Audit: Sendable {
        /// An audit repository elsewhere.
        struct Syslog: Sendable {
            let host: String
            let port: Int
            let trustAnchors: String
            let certificate: String
            let key: String
            let session: Duration
            let stall: Duration
        }

        let node: String
        let signingKey: String?
        let trustedKeys: String?
        let checkpoint: Duration
        let retentionDays: Int
        let syslog: Syslog?
        /// Where the head of the chain is noted.
        let anchorFile: String
    }

    /// Bounds on what one message may cost.
    struct Limits: Sendable {
        let envelopeBytes: Int
        let messageBytes: Int
        let submissionObjects: Int
        let results: Int
        let requests: Int
        let envelopeBytesInWork: Int
        let parts: Int
        let partHeaderBytes: Int
        let depth: Int
        let elements: Int
        let attributes: Int
        let attributeBytes: Int
        let requestHeaderBytes: Int
    }

    /// Who sees what.
    struct Access: Sendable {
        let consent: AccessScope.Consent
    }

    /// The form of log lines.
    enum LogFormat: String, Sendable {
        case text, json
    }

    let server: Server
    let mllp: MLLP
    let operationsHost: String
    let operationsPort: Int
    let database: Database
    let repository: Repository
    let audit: Audit
    let limits: Limits
    let access: Access
    let homeCommunityID: HomeCommunityID
    let patientDomain: PatientDomain
    let unknownPatientInQuery: UnknownPatients
    /// Memory for answers that are given again, bytes; 0: none.
    let knownAnswerBytes: Int
    let valueSets: ValueSetFolder
    let organisationsRefresh: Duration
    /// What an organisation without limits of its own may use at once.
    let organisationLimits: Organisation.Limits
    /// How many queries and retrievals of one organisation are worked on at a time.
    let readingTurns: Int
    /// How many registrations of one organisation are worked on at a time.
    let registeringTurns: Int
    /// How many submissions of documents, changes and removals of one organisation are worked on at a time.
    let writingTurns: Int
    /// How long a request may wait for a turn of its organisation.
    let turnPatience: Duration
    let logLevel: Logger.Level
    let logFormat: LogFormat

    /// Takes the values out of a checked source.
    /// - Throws: nothing that the check of the source lets through.
    init(_ source: ConfigurationSource) throws {
        server = Server(source)
        mllp = MLLP(source)
        operationsHost = source.string("operations.host")
        operationsPort = source.integer("operations.port")
        database = Database(
            conninfo: source.string("database.conninfo"),
            sharedConnections: source.integer("database.sharedConnections"),
            transactionConnections: source.integer("database.transactionConnections"),
            query: source.seconds("database.querySeconds"),
            wait: source.seconds("database.waitSeconds"))
        repository = Repository(
            uniqueID: try OID(parsing: source.string("repository.uniqueId")),
            folder: source.string("repository.folder"),
            documentBytes: source.integer("repository.documentBytes"),
            threads: source.integer("repository.threads"),
            sweepInterval: source.seconds("repository.sweepSeconds"),
            sweepAge: source.seconds("repository.sweepAgeSeconds"))
        audit = try Audit(source)
        limits = Limits(source)
        access = Access(consent: AccessScope.Consent(rawValue: source.string("access.consent")) ?? .optIn)
        homeCommunityID = try HomeCommunityID(parsing: source.string("community.homeCommunityId"))
        patientDomain = PatientDomain(
            authority: try OID(parsing: source.string("registry.patientDomain")),
            admission: PatientDomain.Admission(rawValue: source.string("registry.patients")) ?? .feed,
            bsnCheck: PatientDomain.BSNCheck(rawValue: source.string("registry.bsnCheck")) ?? .warn,
            namespaces: try PatientDomain.namespaces(parsing: source.string("registry.namespaces")))
        unknownPatientInQuery = UnknownPatients(rawValue: source.string("registry.unknownPatientInQuery")) ?? .empty
        knownAnswerBytes = source.integer("registry.knownAnswerBytes")
        valueSets = ValueSetFolder(source)
        organisationsRefresh = source.seconds("organisations.refreshSeconds")
        let rate = source.integer("organisations.requestsPerSecond")
        organisationLimits = Organisation.Limits(
            requests: source.integer("organisations.requests"), bytes: source.integer("organisations.bytes"),
            requestsPerSecond: rate == 0 ? nil : rate)
        readingTurns = source.integer("organisations.readingTurns")
        registeringTurns = source.integer("organisations.registeringTurns")
        writingTurns = source.integer("organisations.writingTurns")
        turnPatience = source.seconds("organisations.turnSeconds")
        logLevel = Logger.Level(rawValue: source.string("log.level")) ?? .info
        logFormat = LogFormat(rawValue: source.string("log.format")) ?? .text
    }
}

extension GatewayConfiguration.Server {
    fileprivate init(_ source: ConfigurationSource) {
        host = source.string("server.host")
        port = source.integer("server.port")
        publicAddress = source.optionalString("server.publicAddress")
        certificate = source.string("server.certificate")
        key = source.string("server.key")
        trustAnchors = source.string("server.trustAnchors")
        uraIssuers = source.optionalString("server.uraIssuers")
        revocationLists = source.optionalString("server.revocationLists")
        trustPolicy = TrustPolicy(source)
        listAge = source.integer("server.listAgeSeconds") == 0 ? nil : source.seconds("server.listAgeSeconds")
        revocationURLs = source.optionalString("server.revocationUrls")
        revocationFolder = source.optionalString("server.revocationFolder")
        revocationFetch = source.seconds("server.revocationFetchSeconds")
        ocsp = OCSPPolicy(rawValue: source.string("server.ocsp")) ?? .require
        ocspResponder = source.optionalString("server.ocspResponder")
        ocspLimit = source.seconds("server.ocspSeconds")
        reload = source.seconds("server.reloadSeconds")
        threads = source.integer("server.threads")
        connections = source.integer("server.connections")
        connectionsPerAddress = source.integer("server.connectionsPerAddress")
        handshake = source.seconds("server.handshakeSeconds")
        head = source.seconds("server.headSeconds")
        idle = source.seconds("server.idleSeconds")
        bodyGrace = source.seconds("server.bodyGraceSeconds")
        bodyBytesPerSecond = source.integer("server.bodyBytesPerSecond")
        write = source.seconds("server.writeSeconds")
        shutdown = source.seconds("server.shutdownSeconds")
    }
}

extension GatewayConfiguration.Audit {
    fileprivate init(_ source: ConfigurationSource) throws {
        node = source.optionalString("audit.node") ?? ProcessInfo.processInfo.hostName
        signingKey = source.optionalString("audit.signingKey")
        trustedKeys = source.optionalString("audit.trustedKeys")
        checkpoint = source.seconds("audit.checkpointSeconds")
        retentionDays = source.integer("audit.retentionDays")
        syslog = try Syslog(source)
        anchorFile = source.string("repository.folder") + "/audit-head"
    }
}

extension GatewayConfiguration.Audit.Syslog {
    /// `nil` when nothing is forwarded.
    fileprivate init?(_ source: ConfigurationSource) throws {
        guard let host = source.optionalString("audit.syslogHost") else { return nil }
        guard let trustAnchors = source.optionalString("audit.syslogTrustAnchors") else {
            throw ConfigurationError(problems: ["audit.syslogTrustAnchors: missing; audit.syslogHost needs it"])
        }
        let certificate = source.optionalString("audit.syslogCertificate")
        let key = source.optionalString("audit.syslogKey")
        guard (certificate == nil) == (key == nil) else {
            throw ConfigurationError(
                problems: ["audit.syslogCertificate, audit.syslogKey: one is given without the other"])
        }
        self.host = host
        self.trustAnchors = trustAnchors
        port = source.integer("audit.syslogPort")
        self.certificate = certificate ?? source.string("server.certificate")
        self.key = key ?? source.string("server.key")
        session = source.seconds("audit.syslogSessionSeconds")
        stall = source.seconds("audit.syslogStallSeconds")
    }
}

extension GatewayConfiguration.MLLP {
    fileprivate init(_ source: ConfigurationSource) {
        isEnabled = source.string("mllp.enabled") == "true"
        host = source.string("mllp.host")
        port = source.integer("mllp.port")
        connections = source.integer("mllp.connections")
        messageBytes = source.integer("mllp.messageBytes")
        message = source.seconds("mllp.messageSeconds")
        idle = source.seconds("mllp.idleSeconds")
    }
}

extension GatewayConfiguration.Limits {
    fileprivate init(_ source: ConfigurationSource) {
        envelopeBytes = source.integer("limits.envelopeBytes")
        messageBytes = source.integer("limits.messageBytes")
        submissionObjects = source.integer("limits.submissionObjects")
        results = source.integer("limits.results")
        requests = source.integer("limits.requests")
        envelopeBytesInWork = source.integer("limits.envelopeBytesInWork")
        parts = source.integer("limits.parts")
        partHeaderBytes = source.integer("limits.partHeaderBytes")
        depth = source.integer("limits.depth")
        elements = source.integer("limits.elements")
        attributes = source.integer("limits.attributes")
        attributeBytes = source.integer("limits.attributeBytes")
        requestHeaderBytes = source.integer("limits.requestHeaderBytes")
    }
}
