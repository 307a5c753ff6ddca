import AccessControl
import Logging
import PostgresKit
import Schemas
import Trust
import XDSTesting

/// A register of organisations on a new database with the real schema.
struct RegisterBench: Sendable {
    /// Connections.
    let client: PostgresClient
    /// The administration.
    let register: OrganisationRegister
    /// What a daemon would ask.
    let directory: OrganisationDirectory

    /// Runs a body with a register; the database is gone afterwards.
    static func with<R: Sendable>(_ body: (RegisterBench) async throws -> R) async throws -> R {
        try await TestTurns.databases.take {
            try await PostgresFixture.withClient { client in
                try await body(try await make(client, refreshInterval: .seconds(60)))
            }
        }
    }

    /// Applies the real schema and makes the register.
    static func make(_ client: PostgresClient, refreshInterval: Duration) async throws -> RegisterBench {
        let migrations = Schemas.migrations.enumerated().map { index, file in
            Migration(number: index + 1, name: file.name, sql: file.text)
        }
        try await Migrator(migrations: migrations, client: client, logger: PostgresFixture.silentLogger).migrate()
        return RegisterBench(
            client: client, register: OrganisationRegister(client: client),
            directory: OrganisationDirectory(
                client: client, refreshInterval: refreshInterval, logger: PostgresFixture.silentLogger))
    }

    /// The revision that tells daemons to read again.
    func revision() async throws -> Int64 {
        try await client.query("select revision from organisation_directory").decode(Int64.self, row: 0, column: 0)
    }

    /// Rows of organisations and certificates.
    func rows() async throws -> [Int64] {
        let result = try await client.query(
            "select (select count(*) from organisation), (select count(*) from organisation_certificate)")
        return [try result.decode(Int64.self, row: 0, column: 0), try result.decode(Int64.self, row: 0, column: 1)]
    }
}

extension Organisation {
    /// An organisation that may do everything.
    static func sample(
        _ identifier: String = "ziekenhuis", ura: String? = nil, status: Status = .active,
        name: String = "Ziekenhuis Twentestad",
        sourceIDs: SourceIDs = .only(["2.999.3.1"])
    ) -> Organisation {
        Organisation(
            identifier: identifier, name: name, ura: ura, status: status, transactions: ["ITI-18", "ITI-41"],
            sourceIDs: sourceIDs, contact: "beheer@voorbeeld.invalid")
    }
}

extension TestPKI.Identity {
    /// The certificate itself.
    var parsed: Certificate {
        get throws { try Certificate.read(pemFile: certificate) }
    }
}
