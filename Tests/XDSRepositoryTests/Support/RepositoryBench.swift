import Foundation
import NIOCore
import PostgresKit
import SOAPKit
import Schemas
import XDSMetadata
import XDSTesting

@testable import XDSRepository

/// A repository on a new database and a store of its own, behind the router that the gateway uses.
struct RepositoryBench: Sendable {
    /// Connections.
    let client: PostgresClient
    /// The bytes.
    let files: TemporaryStore
    /// The actor.
    let repository: DocumentRepository
    /// Where requests go in.
    let router: SOAPRouter<Caller, FileBlobStore>

    /// What an answer says.
    struct Answer: Sendable {
        /// HTTP status.
        let status: Int
        /// The whole body; binary parts do not survive as text.
        let text: String
        /// The whole body.
        let bytes: [UInt8]

        /// Whether bytes stand in the body.
        func holds(_ part: [UInt8]) -> Bool {
            bytes.count >= part.count && (0...(bytes.count - part.count)).contains { bytes[$0...].starts(with: part) }
        }

        /// `status` of the RegistryResponse, without its prefix.
        var outcome: String? {
            guard let start = text.range(of: "ResponseStatusType:")?.upperBound else { return nil }
            return String(text[start...].prefix { $0 != "\"" })
        }

        /// Every `errorCode`.
        var errors: [String] {
            text.components(separatedBy: "errorCode=\"").dropFirst().map { String($0.prefix { $0 != "\"" }) }
        }
    }

    /// Runs a body with a repository; database and folder are gone afterwards.
    /// - Parameters:
    ///   - entryIsVisible: who sees what, of callers whose scope is limited.
    ///   - sizeError: what the registry says of the size of every submission.
    ///   - beforeCommit: what happens to the files after the bytes were placed and before the transaction.
    static func with<R: Sendable>(
        maximumBytes: Int = 64 << 20,
        entryIsVisible: @escaping DocumentRepository.EntryIsVisible = { _, _, text in text.appendLiteral("true") },
        sizeError: RegistryError? = nil,
        beforeCommit: @escaping @Sendable (TemporaryStore) async throws -> Void = { _ in },
        _ body: (RepositoryBench) async throws -> R
    ) async throws -> R {
        try await withDatabase(maximumBytes: maximumBytes) { files, client in
            let registry = TestRegistry(client: client, sizeError: sizeError) { try await beforeCommit(files) }
            let repository = DocumentRepository(
                uniqueID: try OID(parsing: SampleMetadata.repositoryUniqueId), client: client, store: files.store,
                registry: registry, entryIsVisible: entryIsVisible
            ) { _, requestID in RegistryError(.repositoryError, "request \(requestID)") }
            let router = SOAPRouter(operations: repository.operations, attachments: files.store)
            return try await body(
                RepositoryBench(client: client, files: files, repository: repository, router: router))
        }
    }

    /// Runs a body with a store and a database that has the real schema.
    static func withDatabase<R: Sendable>(
        maximumBytes: Int = 64 << 20, _ body: (TemporaryStore, PostgresClient) async throws -> R
    ) async throws -> R {
        try await TestTurns.databases.take {
            try await TemporaryStore.with(maximumBytes: maximumBytes) { files in
                try await PostgresFixture.withClient { client in
                    try await migrate(client)
                    return try await body(files, client)
                }
            }
        }
    }

    private static func migrate(_ client: PostgresClient) async throws {
        let migrations = Schemas.migrations.enumerated().map { index, file in
            Migration(number: index + 1, name: file.name, sql: file.text)
        }
        try await Migrator(migrations: migrations, client: client, logger: PostgresFixture.silentLogger).migrate()
    }

    /// Sends a message in small pieces.
    func send(_ message: SampleMessage, caller: Caller = caller()) async throws -> Answer {
        let response = await respond(to: message, caller: caller)
        var body = ByteBuffer()
        try await response.write { body.writeImmutableBuffer($0) }
        return Answer(status: response.status, text: String(buffer: body), bytes: Array(buffer: body))
    }

    /// Who sends: an organisation that may remove what it stored itself.
    static func caller(_ organisation: String = "ziekenhuis") -> Caller {
        Caller(
            requestID: "request-1", organisation: organisation, mayCall: { _ in true }, maySubmitAs: { _ in true },
            mayChange: { $0 == organisation })
    }

    /// Sends a message and leaves the answer unread.
    func respond(to message: SampleMessage, caller: Caller = caller()) async -> SOAPResponse {
        let pieces = AsyncStream<ByteBuffer> { continuation in
            var rest = message.body
            while let piece = rest.readSlice(length: min(1000, rest.readableBytes)), piece.readableBytes > 0 {
                continuation.yield(piece)
            }
            continuation.finish()
        }
        return await router.respond(
            contentType: message.contentType, body: pieces, context: caller, requestID: caller.requestID)
    }

    /// Asks for documents of this repository.
    func retrieve(
        _ uniqueIDs: [String], repository: String = SampleMetadata.repositoryUniqueId, caller: Caller = caller()
    ) async throws -> Answer {
        try await send(
            .retrieve(uniqueIDs.map { .init(repositoryUniqueId: repository, documentUniqueId: $0) }), caller: caller)
    }

    /// Removes documents of this repository.
    func remove(
        _ uniqueIDs: [String], repository: String = SampleMetadata.repositoryUniqueId, caller: Caller = caller()
    ) async throws -> Answer {
        try await send(
            .removeDocuments(uniqueIDs.map { .init(repositoryUniqueId: repository, documentUniqueId: $0) }),
            caller: caller)
    }

    /// Rows of the catalogue.
    func documents() async throws -> Int64 {
        try await client.query("select count(*) from stored_document").decode(Int64.self, row: 0, column: 0)
    }
}

/// A registry that accepts everything the repository found no error in.
struct TestRegistry: RegistrySubmitter {
    private struct Refusal: Error {
        let errors: [RegistryError]
    }

    /// Connections.
    let client: PostgresClient
    /// What it says of the size of every submission.
    let sizeError: RegistryError?
    /// Runs before the transaction; an error is a failure of the registry.
    let beforeCommit: @Sendable () async throws -> Void

    func refusedSize(of submission: UnverifiedSubmission) -> RegistryError? { sizeError }

    func register(
        _ submission: UnverifiedSubmission, findings: [RegistryError], caller: Caller,
        alongside: @escaping @Sendable (PostgresTransaction) async throws -> [RegistryError]
    ) async throws -> RegistryResponse {
        guard findings.isEmpty else { return RegistryResponse(errors: findings) }
        try await beforeCommit()
        do {
            try await client.withTransaction { transaction in
                let errors = try await alongside(transaction)
                guard errors.isEmpty else { throw Refusal(errors: errors) }
            }
            return RegistryResponse(errors: [])
        } catch let refusal as Refusal {
            return RegistryResponse(errors: refusal.errors)
        }
    }
}

extension SampleSubmission {
    /// uniqueId of a document.
    func uniqueID(_ index: Int = 0) -> String {
        objects.extrinsicObjects[index].object.identifiers(scheme: EbRIMVocabulary.Scheme.documentEntryUniqueId).first?
            .value ?? ""
    }

    /// Replaces the uniqueId of a document.
    mutating func setUniqueID(_ value: String, _ index: Int = 0) {
        let scheme = EbRIMVocabulary.Scheme.documentEntryUniqueId
        for place in objects.extrinsicObjects[index].object.externalIdentifiers.indices
        where objects.extrinsicObjects[index].object.externalIdentifiers[place].identificationScheme == scheme {
            objects.extrinsicObjects[index].object.externalIdentifiers[place].value = value
        }
    }
}
