import AccessControl
import Logging
import PostgresKit
import ServiceLifecycle
import Synchronization

/// What has to be right before the front door opens: the schema, and who is registered.
final class Startup: Sendable {
    private enum Phase {
        case waiting([CheckedContinuation<Void, any Error>])
        case finished(Result<Void, any Error>)
    }

    private let client: PostgresClient
    private let directory: OrganisationDirectory
    private let migrations: [Migration]
    private let migrating: Bool
    private let logger: Logger
    private let started = Atomic<Bool>(false)
    private let phase = Mutex(Phase.waiting([]))

    init(
        client: PostgresClient, directory: OrganisationDirectory, migrations: [Migration], migrating: Bool,
        logger: Logger
    ) {
        self.client = client
        self.directory = directory
        self.migrations = migrations
        self.migrating = migrating
        self.logger = logger
    }

    /// Returns when everything is in order; the first caller does the work, the others wait for it.
    func complete() async throws {
        if started.exchange(true, ordering: .acquiringAndReleasing) == false {
            let result: Result<Void, any Error>
            do {
                result = .success(try await prepare())
            } catch {
                result = .failure(error)
            }
            let waiting = phase.withLock { phase -> [CheckedContinuation<Void, any Error>] in
                defer { phase = .finished(result) }
                if case .waiting(let continuations) = phase { return continuations }
                return []
            }
            for continuation in waiting { continuation.resume(with: result) }
            return try result.get()
        }
        try await withCheckedThrowingContinuation { continuation in
            let result = phase.withLock { phase -> Result<Void, any Error>? in
                switch phase {
                case .waiting(let continuations):
                    phase = .waiting(continuations + [continuation])
                    return nil
                case .finished(let result):
                    return result
                }
            }
            if let result { continuation.resume(with: result) }
        }
    }

    private func prepare() async throws {
        let migrator = Migrator(migrations: migrations, client: client, logger: logger)
        if migrating {
            let applied = try await migrator.migrate()
            if !applied.isEmpty { logger.info("migrations applied", metadata: ["count": "\(applied.count)"]) }
        } else {
            let pending = try await migrator.pending()
            guard pending.isEmpty else { throw StartupError.pendingMigrations(pending.count) }
        }
        try await warnOfLossyCommits()
        try await directory.refresh()
    }

    /// An acknowledged document is only as safe as the commit of its event, which brings its rows to the disk (ADR 0017).
    private func warnOfLossyCommits() async throws {
        let isLossy = try await client.query(
            "select current_setting('fsync') = 'off' or current_setting('synchronous_commit') = 'off'"
        ).decode(Bool.self, row: 0, column: 0)
        guard isLossy else { return }
        logger.warning(
            """
            the database confirms commits before they are on disk: turn fsync and synchronous_commit on, or what was \
            acknowledged can be lost
            """)
    }
}

/// Why the daemon does not start.
enum StartupError: Error, CustomStringConvertible {
    case pendingMigrations(Int)
    /// Another process listens on the front door's, the operations or the MLLP port.
    case addressInUse(GatewayConfiguration)

    var description: String {
        switch self {
        case .addressInUse(let configuration):
            "server.port \(configuration.server.port), operations.port \(configuration.operationsPort) or mllp.port "
                + "\(configuration.mllp.port) is in use; stop what listens there, or set XDS_SERVER_PORT, "
                + "XDS_OPERATIONS_PORT and XDS_MLLP_PORT"
        case .pendingMigrations(let count):
            "the database lacks \(count) migration(s); run \"xds-gateway migrate\", or \"xds-gateway serve --migrate\""
        }
    }
}

/// A service that begins once the startup is complete.
struct StartingAfter<Wrapped: Service>: Service {
    let startup: Startup
    let service: Wrapped

    func run() async throws {
        try await startup.complete()
        try await service.run()
    }
}
