/// The session of a server in which a ``Migrator`` works.
struct MigrationSession: Sendable {
    private let connection: PostgresConnection
    private let session = PostgresSession()

    /// The list of applied migrations.
    static let selectApplied: PostgresQuery = "select number, name, sha256 from schema_migration order by number"

    /// A session on a leased connection.
    init(connection: PostgresConnection) {
        self.connection = connection
    }

    /// Takes the lock, waiting for whoever has it, and makes the table of migrations if there is none.
    func begin(lockKey: Int64) async throws(PostgresError) {
        try await run(
            .queries(first: "select set_config('statement_timeout', '0', false)", others: []),
            binding: .begins(session))
        try await run("select pg_advisory_lock(\(lockKey))")
        try await run(
            """
            create table if not exists schema_migration (
                number     integer primary key,
                name       text not null,
                sha256     text not null,
                applied_at timestamptz not null default now()
            )
            """)
    }

    /// What the database has.
    func applied() async throws(PostgresError) -> [MigrationPlan.Applied] {
        guard let rows = try await run(Self.selectApplied).first else { return [] }
        return try Self.applied(rows)
    }

    /// The rows of ``selectApplied``.
    static func applied(_ rows: PostgresResult) throws(PostgresError) -> [MigrationPlan.Applied] {
        var applied: [MigrationPlan.Applied] = []
        for row in rows {
            applied.append(
                MigrationPlan.Applied(
                    number: try row.decode(Int.self, column: 0), name: try row.decode(String.self, column: 1),
                    checksum: try row.decode(String.self, column: 2)))
        }
        return applied
    }

    /// Applies one migration and notes it, in one transaction. The session ends after an error, and the transaction
    /// with it.
    func apply(_ migration: Migration) async throws {
        do {
            try await run("begin")
            let answer = try await run(.script(migration.sql), binding: .continues(session))
            guard answer.isInTransaction else {
                throw MigrationError.endsTransaction(number: migration.number, name: migration.name)
            }
            let name = migration.name
            let checksum = migration.checksum
            try await run(
                "insert into schema_migration (number, name, sha256) values (\(migration.number), \(name), \(checksum))"
            )
            try await run("commit")
        } catch let error as PostgresError {
            guard case .server(let state) = error.code else { throw error }
            throw MigrationError.failed(
                number: migration.number, name: migration.name, sqlState: state, message: error.serverMessage)
        }
    }

    @discardableResult
    private func run(_ query: PostgresQuery) async throws(PostgresError) -> PostgresAnswer {
        try await run(.queries(first: query, others: []), binding: .continues(session))
    }

    @discardableResult
    private func run(
        _ content: PostgresWork.Content, binding: PostgresWork.Binding
    ) async throws(PostgresError) -> PostgresAnswer {
        let now = ContinuousClock.now
        let work = PostgresWork(
            content, binding: binding, interruption: .allowed, deadline: now.advanced(by: Self.limit),
            connectDeadline: now.advanced(by: connection.configuration.connectWait))
        return try await connection.run(work).get()
    }

    /// Longer than any migration: the caller cancels its task if it wants to stop.
    private static let limit = Duration.seconds(7 * 24 * 3600)
}
