public import Logging
import Synchronization

/// Brings a database to the schema of this program, one process at a time.
///
/// The table `schema_migration` lists what was applied. A session-level advisory lock is held around the whole, so a
/// second process waits and then finds nothing to do; it is gone with the session if this process dies. Each
/// migration and its row are one transaction.
public struct Migrator: Sendable {
    private let migrations: [Migration]
    private let client: PostgresClient
    private let logger: Logger

    /// The key of the advisory lock: the ASCII codes of "xds-migr".
    private static let lockKey: Int64 = 0x7864_732d_6d69_6772

    /// A migrator to the last of these migrations.
    public init(migrations: [Migration], client: PostgresClient, logger: Logger) {
        self.migrations = migrations
        self.client = client
        self.logger = logger
    }

    /// Applies what is missing.
    ///
    /// Waits without limit for another process that migrates, unless the task is cancelled. `statement_timeout` does
    /// not apply.
    /// - Returns: what was applied now, in order.
    /// - Throws: ``MigrationError``, or ``PostgresError`` when the database cannot be worked with.
    @discardableResult
    public func migrate() async throws -> [Migration] {
        _ = try MigrationPlan(migrations: migrations, applied: [])
        return try await client.withLease { connection in
            // The settings and the lock belong to the session, which ends with the lease whatever happens.
            defer { connection.reset() }
            let session = MigrationSession(connection: connection)
            try await session.begin(lockKey: Self.lockKey)
            let plan = try await MigrationPlan(migrations: migrations, applied: session.applied())
            for migration in plan.pending {
                try await session.apply(migration)
                logger.info(
                    "migration applied",
                    metadata: ["number": "\(migration.number)", "name": "\(migration.name)"])
            }
            return plan.pending
        }
    }

    /// What ``migrate()`` would apply now. Changes nothing and takes no lock.
    public func pending() async throws -> [Migration] {
        let exists = try await client.query("select to_regclass('schema_migration') is not null")
            .decode(Bool.self, row: 0, column: 0)
        guard exists else { return try MigrationPlan(migrations: migrations, applied: []).pending }
        let rows = try await client.query(MigrationSession.selectApplied)
        return try MigrationPlan(migrations: migrations, applied: MigrationSession.applied(rows)).pending
    }
}
