public import Logging
public import PostgresKit
public import ServiceLifecycle
import Synchronization
public import Trust

/// The organisations as this daemon knows them: an immutable snapshot in memory, read by every request without a
/// database round trip and renewed within the refresh interval of a change made anywhere.
///
/// The database keeps a revision number that triggers raise; the directory compares it once per interval and reads
/// the tables again only when it moved. A database that is away leaves the last good snapshot in force.
public final class OrganisationDirectory: Service, Sendable {
    /// One reading of the tables.
    struct Snapshot: Sendable {
        var revision: Int64
        /// Index in `organisations` by SHA-256 of the subject public key info.
        var byKey: [[UInt8]: Int]
        /// Index in `organisations` by issuer and serial number.
        var byName: [CertificateName: Int]
        /// Index in `organisations` by URA.
        var byURA: [String: Int]
        var organisations: [Organisation]

        static let empty = Snapshot(revision: 0, byKey: [:], byName: [:], byURA: [:], organisations: [])
    }

    private let client: PostgresClient
    private let uraIssuers: CertificateIssuers?
    private let refreshInterval: Duration
    private let logger: Logger
    private let snapshot = Mutex(Snapshot.empty)

    /// A directory over the tables of `client`.
    /// - Parameters:
    ///   - uraIssuers: whose certificates lead to an organisation by the URA in them; nil: those of every trusted authority.
    ///   - refreshInterval: how soon a change is seen at the latest.
    public init(
        client: PostgresClient, uraIssuers: CertificateIssuers? = nil, refreshInterval: Duration, logger: Logger
    ) {
        self.client = client
        self.uraIssuers = uraIssuers
        self.refreshInterval = refreshInterval
        self.logger = logger
    }

    /// Who the holder of a verified certificate is.
    ///
    /// The registered public key decides first, then what its issuer calls the certificate; a UZI server certificate
    /// that is not registered itself leads to the organisation of the URA in it. Source: netherlands' UZI register CPS, subjectAltName.
    public func decision(for certificate: Certificate) -> AccessDecision {
        let found = snapshot.withLock { snapshot -> (organisation: Organisation, isByURA: Bool)? in
            if let index = snapshot.byKey[certificate.spkiSHA256] { return (snapshot.organisations[index], false) }
            if !snapshot.byName.isEmpty, let index = snapshot.byName[CertificateName(certificate)] {
                return (snapshot.organisations[index], false)
            }
            if let ura = certificate.serverURA, let index = snapshot.byURA[ura] {
                return (snapshot.organisations[index], true)
            }
            return nil
        }
        guard let (organisation, isByURA) = found else {
            return .refused(.notRegistered(subject: certificate.subject))
        }
        if isByURA, let uraIssuers, !uraIssuers.issued(certificate) {
            return .refused(.foreignURA(subject: certificate.subject, issuer: certificate.issuer))
        }
        guard organisation.status == .active else { return .refused(.suspended(identifier: organisation.identifier)) }
        return .admitted(organisation)
    }

    /// How many organisations are known, for metrics.
    public var count: Int { snapshot.withLock { $0.organisations.count } }

    /// Reads the tables when their revision moved. Called once before the daemon serves, then by ``run()``.
    public func refresh() async throws {
        let known = snapshot.withLock { $0.revision }
        let current = try await client.query("select revision from organisation_directory")
            .decode(Int64.self, row: 0, column: 0)
        guard current != known else { return }
        let fresh = try await load(revision: current)
        snapshot.withLock { $0 = fresh }
        logger.info(
            "organisations read",
            metadata: ["organisations": "\(fresh.organisations.count)", "revision": "\(current)"])
    }

    /// Keeps the snapshot fresh until the daemon stops.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            var isBehind = false
            while !Task.isCancelled {
                do {
                    try await Task.sleep(for: self.refreshInterval)
                    try await self.refresh()
                    if isBehind { self.logger.notice("organisations can be read again") }
                    isBehind = false
                } catch _ where Task.isCancelled {
                    return
                } catch {
                    // The last good snapshot stays in force; readiness tells that the database is away. Told once.
                    if !isBehind {
                        self.logger.warning("organisations could not be read again", metadata: ["cause": "\(error)"])
                    }
                    isBehind = true
                }
            }
        }
    }

    private func load(revision: Int64) async throws -> Snapshot {
        var snapshot = Snapshot(revision: revision, byKey: [:], byName: [:], byURA: [:], organisations: [])
        for entry in try await OrganisationRegister(client: client).all() {
            let index = snapshot.organisations.count
            snapshot.organisations.append(entry.organisation)
            if let ura = entry.organisation.ura { snapshot.byURA[ura] = index }
            for certificate in entry.certificates { snapshot.byKey[certificate.spkiSHA256] = index }
            for name in entry.certificateNames { snapshot.byName[name] = index }
        }
        return snapshot
    }
}
