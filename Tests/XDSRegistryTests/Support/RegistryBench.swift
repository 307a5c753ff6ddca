import FoundationEssentials
import NIOCore
import PostgresKit
import Schemas
import XDSMetadata
import XDSTesting
import XMLKit

@testable import XDSRegistry

/// A registry on a new database with the real schema and two known patients.
struct RegistryBench: Sendable {
    /// Connections of the registry.
    let client: PostgresClient
    /// The actor.
    let registry: DocumentRegistry
    /// Its objects.
    let store: PostgresRegistryStore
    /// The same objects, with the answers that were found.
    let remembering: PostgresRegistryStore

    /// Every table a submission may write to.
    static let tables = ["submission_set", "document_entry", "folder", "association", "stored_document"]

    /// Runs a body with a registry; the database is gone afterwards.
    static func with<R: Sendable>(_ body: (RegistryBench) async throws -> R) async throws -> R {
        try await TestTurns.databases.take { try await PostgresFixture.withClient { try await run(body, $0) } }
    }

    private static func run<R: Sendable>(
        _ body: (RegistryBench) async throws -> R, _ client: PostgresClient
    ) async throws -> R {
        let migrations = Schemas.migrations.enumerated().map { index, file in
            Migration(number: index + 1, name: file.name, sql: file.text)
        }
        try await Migrator(migrations: migrations, client: client, logger: PostgresFixture.silentLogger).migrate()
        for patient in [SampleMetadata.patientId, SampleMetadata.otherPatientId] {
            _ = try await PatientRegister(client: client).add(try SampleMetadata.patient(patient), source: "test")
        }
        let store = PostgresRegistryStore(client: client)
        let registry = DocumentRegistry(store: store) { _, requestID in RegistryError(.registryError, requestID) }
        let remembering = PostgresRegistryStore(client: client, knownAnswers: KnownAnswers(capacity: 67_108_864))
        return try await body(
            RegistryBench(client: client, registry: registry, store: store, remembering: remembering))
    }

    /// Who submits.
    static let caller = Caller(
        requestID: "request", organisation: "ziekenhuis", mayCall: { _ in true }, maySubmitAs: { _ in true },
        mayChange: { _ in true })

    // MARK: Submissions

    /// Registers a sample, completed as a repository does it.
    @discardableResult
    func register(
        _ sample: SampleSubmission, as transaction: SubmissionValidator.Transaction = .registerDocumentSet
    ) async throws -> RegistryResponse {
        try await registry.register(sample.completed().unverified, as: transaction, caller: Self.caller)
    }

    /// Registers a sample that has to be accepted.
    func accept(
        _ sample: SampleSubmission, as transaction: SubmissionValidator.Transaction = .registerDocumentSet
    ) async throws {
        let response = try await register(sample, as: transaction)
        guard response.status == .success, response.errors.isEmpty else {
            throw Unexpected(description: "refused: \(response.errors.map { "\($0.code.rawValue) \($0.context)" })")
        }
    }

    // MARK: Queries

    /// Runs a query in both return types, which have to agree, and gives the ids of the DocumentEntries found.
    func find(_ query: SampleQuery) async throws -> Set<UUID> {
        let refs = try await answer(query, .objectRef).objectRefs.compactMap { EntryUUID($0).uuid }
        let leaves = try await answer(query, .leafClass).extrinsicObjects.compactMap(\.entryUUID.uuid)
        guard Set(refs) == Set(leaves), refs.count == leaves.count, Set(refs).count == refs.count else {
            throw Unexpected(description: "ObjectRef has \(refs.count) entries, LeafClass \(leaves.count)")
        }
        return Set(refs)
    }

    /// The DocumentEntry with this id, as LeafClass shows it.
    func entry(_ id: UUID) async throws -> ExtrinsicObject {
        let entries = try await answer(.entries([id]), .leafClass).extrinsicObjects
        guard let entry = entries.first, entries.count == 1 else {
            throw Unexpected(description: "\(entries.count) entries")
        }
        return entry
    }

    /// The objects of an answer.
    func answer(
        _ query: SampleQuery, _ returnType: AdhocQueryRequest.ReturnType,
        for access: AccessScope = Self.caller.access
    ) async throws -> RegistryObjectList {
        try Self.objects(in: await result(query, returnType, for: access).bytes)
    }

    /// What the store makes of a query. If it was asked before, and the versions that answer rests on are those of the patients
    /// still, both have to be the same: whatever a test does in between is checked this way.
    func result(
        _ query: SampleQuery, _ returnType: AdhocQueryRequest.ReturnType, for access: AccessScope
    ) async throws -> StoredQueryResult {
        let (query, question) = try Self.question(query, returnType, for: access)
        let known = remembering.knownAnswers?.answer(to: question)
        let result = try await store.run(query, returning: returnType, for: access)
        if let known, try await isCurrent(known), known.result.summary != result.summary {
            throw Unexpected(description: "known: \(known.result.summary); found: \(result.summary)")
        }
        _ = try await remembering.run(query, returning: returnType, for: access, keepingFor: question)
        return result
    }

    /// A query, and under which its answer is kept.
    static func question(
        _ query: SampleQuery, _ returnType: AdhocQueryRequest.ReturnType, for access: AccessScope
    ) throws -> (StoredQuery, KnownAnswers.Question) {
        var sample = query
        sample.returnType = returnType.rawValue
        let request = Array(sample.request().readableBytesView)
        return (
            try StoredQuery.decode(query.adhocQuery, of: query.transaction).query,
            .init(request, of: query.transaction, for: access)
        )
    }

    /// Whether the versions an answer rests on are those of the patients.
    func isCurrent(_ answer: KnownAnswers.Answer) async throws -> Bool {
        for held in answer.versions {
            let count = try await number(
                """
                select count(*) from patient_version where patient_key = \(held.patientKey) and version = \(held.version)
                """)
            guard count == 1 else { return false }
        }
        return true
    }

    /// Reads fragments back. The answer that they make has to be valid by the schemas.
    static func objects(in fragments: ByteBuffer) throws -> RegistryObjectList {
        var message = ByteBuffer()
        for piece in AdhocQueryResponse.success([fragments]) { message.writeImmutableBuffer(piece) }
        for schemas in SchemaSet.available {
            let violations = try schemas.violations(message)
            guard violations.isEmpty else { throw Unexpected(description: "\(schemas): \(violations)") }
        }
        return try AdhocQueryResponse.decode(XMLDocument(parsing: message).root).objects
    }

    // MARK: Rows

    /// The objects whose fragments a table holds.
    func stored(in table: String) async throws -> RegistryObjectList {
        let rows = try await client.query("select fragment from \(unescaped: table) order by registered_at, entry_uuid")
        var fragments = ByteBuffer()
        for row in rows { fragments.writeString(try row.decode(String.self, column: 0)) }
        return try Self.objects(in: fragments)
    }

    /// Rows of every table, by its name.
    func rowCounts() async throws -> [String: Int64] {
        var counts: [String: Int64] = [:]
        for table in Self.tables {
            counts[table] = try await number("select count(*) from \(unescaped: table)")
        }
        return counts
    }

    /// The only value of a query.
    func number(_ query: PostgresQuery) async throws -> Int64 {
        try await client.query(query).decode(Int64.self, row: 0, column: 0)
    }

    /// The only value of a query.
    func text(_ query: PostgresQuery) async throws -> String {
        try await client.query(query).decode(String.self, row: 0, column: 0)
    }

    /// availabilityStatus of an entry: in its column, and in its fragment.
    func status(of id: UUID) async throws -> [String] {
        [
            try await text("select status::text from document_entry where entry_uuid = \(id)"),
            try await entry(id).object.status ?? "",
        ]
    }
}

/// What a test did not expect of its surroundings.
struct Unexpected: Error, CustomStringConvertible {
    /// What it was.
    let description: String
}

extension StoredQueryResult {
    /// The content in one piece.
    var bytes: ByteBuffer {
        content.reduce(into: ByteBuffer()) { $0.writeImmutableBuffer($1) }
    }

    /// Everything of it, to compare and to show.
    var summary: String { "\(shown) shown, \(hidden) hidden, patients \(patientKeys): \(String(buffer: bytes))" }
}
