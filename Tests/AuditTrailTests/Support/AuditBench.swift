import Foundation
import PostgresKit
import Schemas
import Testing
import XDSTesting

@testable import AuditTrail

/// An audit trail in a new database with the real schema.
struct AuditBench: Sendable {
    let client: PostgresClient
    var key = AuditSigningKey()

    static let source = AuditSource(node: "node-1.example", process: 4_711)
    static let patient = "900186021^^^&2.16.840.1.113883.2.4.6.3&ISO"

    /// Runs a body with an empty trail; the database is gone afterwards.
    static func with<R: Sendable>(_ body: (AuditBench) async throws -> R) async throws -> R {
        try await TestTurns.databases.take {
            try await PostgresFixture.withClient { client in
                try await prepare(client)
                return try await body(AuditBench(client: client))
            }
        }
    }

    /// Brings a database to the schema, or to that of its first migrations.
    static func prepare(_ client: PostgresClient, migrations count: Int = .max) async throws {
        let migrations = Schemas.migrations.prefix(count).enumerated().map { index, file in
            Migration(number: index + 1, name: file.name, sql: file.text)
        }
        try await Migrator(migrations: migrations, client: client, logger: PostgresFixture.silentLogger).migrate()
    }

    /// A journal that signs with the key of this bench.
    func journal(_ node: String = source.node) -> AuditJournal { journal(node, key: key) }

    /// A journal that signs with a key, or with none.
    func journal(_ node: String = source.node, key: AuditSigningKey?) -> AuditJournal {
        AuditJournal(
            client: client, source: AuditSource(node: node, process: 1), key: key, logger: PostgresFixture.silentLogger)
    }

    /// Writes `count` events of a kind that a day brings.
    func write(_ count: Int) async throws {
        let journal = journal()
        for number in 0..<count { try await journal.append([Self.event(number)]) }
    }

    /// Signs the head.
    @discardableResult
    func seal() async throws -> AuditCheckpoint? {
        try await AuditSealing.seal(client: client, key: key, node: Self.source.node)
    }

    /// Proves the trail with the key of this bench and others.
    /// - Parameter signedSince: what the daemon noted beside the head.
    /// - Parameter retention: seconds that events must be kept.
    func verify(
        anchor: ChainHead? = nil, signedSince: Int64? = nil, expected: ChainHead? = nil,
        and others: [AuditSigningKey] = [], retention: TimeInterval = 0
    ) async throws -> AuditVerification.Report {
        try await AuditVerification(
            client: client, keys: ([key] + others).map(\.publicKey), retention: retention,
            anchor: anchor.map { AuditAnchor(head: $0, signedSince: signedSince) }, expected: expected
        ).run()
    }

    /// Puts events at the end of the chain with right hashes, as who owns the database can.
    /// - Parameter key: signs them; a forger has none that is trusted.
    func forge(_ events: [AuditEvent], key: AuditSigningKey? = nil) async throws {
        let row = try await client.query("select sequence, hash from audit_head")
        let head = ChainHead(
            sequence: try row.decode(Int64.self, row: 0, column: 0),
            hash: try row.decode([UInt8].self, row: 0, column: 1))
        let signer = key.map { BatchSigner(key: $0, fingerprint: $0.publicKey.fingerprint, since: 1) }
        let batch = try AuditBatch(Self.encoded(events), after: head, signer: signer)
        try #require(try await client.query(batch.statement).affectedRows == batch.rows.count)
    }

    /// Changes the database as its owner can, with the triggers out of the way.
    func tamper(_ statement: String...) async throws {
        let queries = statement.map { PostgresQuery(unescaped: $0) }
        _ = try await client.withTransaction { transaction in
            try await transaction.execute(["set local session_replication_role = replica"] + queries)
        }
    }

    static func encoded(_ events: [AuditEvent]) throws -> [EncodedEvent] {
        try EncodedEvent.make(events, from: source)
    }

    func events() async throws -> [RecordedEvent] {
        try await AuditSearch().run(on: client)
    }

    static func event(_ number: Int = 0, _ kind: AuditEventKind = .registryStoredQuery) -> AuditEvent {
        var event = AuditEvent(kind)
        event.requestID = "request-\(number)"
        event.organisation = "hospital"
        event.peer = "CN=xds.ziekenhuis-oost.example,O=Ziekenhuis Oost,C=NL"
        event.address = "10.1.2.3:40123"
        event.endpoint = "https://localhost:8443/xds/registry"
        event.patient = patient
        event.query = .init(
            id: "urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d", content: Array("<query:AdhocQueryRequest/>".utf8),
            results: Int32(number))
        event.grounds.authorisation = "organisation rights"
        return event
    }
}

/// Waits until a condition holds.
func waitUntil(_ what: String, within limit: Duration, _ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now.advanced(by: limit)
    while try await !condition() {
        try #require(ContinuousClock.now < deadline, "not within \(limit): \(what)")
        try await Task.sleep(for: .milliseconds(50))
    }
}
