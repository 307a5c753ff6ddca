import PostgresKit
import Testing
import XDSTesting

@Suite("Migrations")
struct MigratorTests {
    private static let steps = [
        Migration(number: 1, name: "patients", sql: "create table p (a bigint); create index p_a on p (a); select 1;"),
        Migration(number: 2, name: "a row", sql: "insert into p values (1); -- one row\nselect pg_sleep(0.2)"),
    ]

    private func migrator(_ client: PostgresClient, _ migrations: [Migration] = steps) -> Migrator {
        Migrator(migrations: migrations, client: client, logger: PostgresFixture.silentLogger)
    }

    @Test("What is missing is applied in order and noted, once")
    func applies() async throws {
        try await PostgresFixture.withClient { client in
            #expect(try await migrator(client).pending() == Self.steps)
            #expect(try await migrator(client, [Self.steps[0]]).migrate() == [Self.steps[0]])
            #expect(try await migrator(client).pending() == [Self.steps[1]])
            #expect(try await migrator(client).migrate() == [Self.steps[1]])
            #expect(try await migrator(client).migrate() == [])
            #expect(try await migrator(client).pending() == [])
            let rows = try await client.query("select number, name, sha256 from schema_migration order by number")
            #expect(rows.rowCount == 2)
            #expect(try rows.decode(String.self, row: 0, column: "sha256") == Self.steps[0].checksum)
            #expect(try await client.query("select * from p").rowCount == 1)
        }
    }

    @Test("Two clients at the same time: one applies, the other waits and finds nothing to do")
    func concurrent() async throws {
        try await PostgresFixture.withClient { first in
            try await PostgresFixture.withClient(first.configuration) { second in
                async let one = migrator(first).migrate()
                async let two = migrator(second).migrate()
                let applied = try await [one, two].map(\.count).sorted()
                #expect(applied == [0, 2])
                // The lock went with its session.
                try await TransactionTests.waitUntil {
                    try await first.query(
                        """
                        select 1 from pg_locks
                        where locktype = 'advisory'
                          and database = (select oid from pg_database where datname = current_database())
                        """
                    ).isEmpty
                }
            }
        }
    }

    @Test("A migration that was changed after it had been applied is refused by name")
    func changed() async throws {
        try await PostgresFixture.withClient { client in
            try await migrator(client).migrate()
            var changed = Self.steps
            changed[0] = Migration(number: 1, name: "patients", sql: "create table other (a bigint)")
            await #expect(throws: MigrationError.changed(number: 1, name: "patients")) {
                try await migrator(client, changed).migrate()
            }
        }
    }

    @Test("A database with migrations of a newer program is refused")
    func newer() async throws {
        try await PostgresFixture.withClient { client in
            try await migrator(client).migrate()
            await #expect(throws: MigrationError.databaseIsNewer(number: 2, name: "a row")) {
                try await migrator(client, [Self.steps[0]]).migrate()
            }
            await #expect(throws: MigrationError.databaseIsNewer(number: 2, name: "a row")) {
                try await migrator(client, [Self.steps[0]]).pending()
            }
        }
    }

    @Test("A migration that fails leaves nothing, names itself, and can be tried again")
    func failing() async throws {
        try await PostgresFixture.withClient { client in
            let bad = Migration(
                number: 2, name: "bad", sql: "create table q (a bigint); insert into nowhere values (1)")
            let error = await #expect(throws: MigrationError.self) {
                try await migrator(client, [Self.steps[0], bad]).migrate()
            }
            guard case .failed(2, "bad", SQLState.undefinedTable, let message) = error else {
                Issue.record("another error: \(String(describing: error))")
                return
            }
            #expect(message.contains("nowhere"))
            let left = try await client.query("select to_regclass('q') is null").decode(Bool.self, row: 0, column: 0)
            #expect(left)
            #expect(try await migrator(client).migrate() == [Self.steps[1]])
        }
    }

    @Test("A migration that ends its transaction by itself is refused")
    func ownTransaction() async throws {
        try await PostgresFixture.withClient { client in
            let bad = Migration(number: 1, name: "own", sql: "create table q (a bigint); commit")
            await #expect(throws: MigrationError.endsTransaction(number: 1, name: "own")) {
                try await migrator(client, [bad]).migrate()
            }
        }
    }

    @Test("A long migration is not ended by statement_timeout")
    func longMigration() async throws {
        try await PostgresFixture.withClient(configure: { $0.statementTimeout = .milliseconds(50) }) { client in
            let applied = try await migrator(client).migrate()
            #expect(applied.count == 2)
        }
    }
}
