import Foundation
import NIOCore
import PostgresKit
import Testing
import XDSTesting

@testable import XDSRepository

@Suite("Bytes that no document needs")
struct OrphanSweepTests {
    /// A store and a database with the real schema, and a sweep over both.
    private struct Bench: Sendable {
        let files: TemporaryStore
        let client: PostgresClient
        let sweep: OrphanSweep

        /// Names bytes in the catalogue.
        static func insertion(of blob: StagedBlob) -> PostgresQuery {
            """
            insert into stored_document (repository_unique_id, unique_id, sha256, sha1, size, mime_type)
            values ('2.999.2.1', \(blob.address.hex), \(blob.address.sha256), \(blob.sha1),
                \(Int64(blob.size)), 'text/plain')
            """
        }

        func old(_ text: String) async throws -> StagedBlob {
            let blob = try await files.placed(text)
            try files.age(blob.address, by: 7200)
            return blob
        }
    }

    private static func withBench<R: Sendable>(
        interval: Duration = .seconds(3600), _ body: (Bench) async throws -> R
    ) async throws -> R {
        try await RepositoryBench.withDatabase { files, client in
            let sweep = OrphanSweep(
                store: files.store, client: client, interval: interval, age: .seconds(3600),
                logger: TemporaryStore.logger)
            return try await body(Bench(files: files, client: client, sweep: sweep))
        }
    }

    @Test("bytes nobody refers to go when they are older than the age; others stay")
    func removesOrphans() async throws {
        try await Self.withBench { bench in
            let orphan = try await bench.old("niemand")
            let young = try await bench.files.placed("net aangekomen")
            let needed = try await bench.old("nodig")
            _ = try await bench.client.query(Bench.insertion(of: needed))
            try await bench.sweep.sweep()
            #expect(try await !bench.files.store.contains(orphan.address))
            #expect(try await bench.files.store.contains(young.address))
            #expect(try await bench.files.bytes(of: needed) == Array("nodig".utf8))
            #expect(bench.sweep.figures.sweeps == 1)
            #expect(bench.sweep.figures.removed == 1)

            try bench.files.age(young.address, by: 7200)
            try await bench.sweep.sweep()
            #expect(try await !bench.files.store.contains(young.address))
            #expect(bench.sweep.figures.sweeps == 2)
            #expect(bench.sweep.figures.removed == 2)
        }
    }

    @Test("one file may stand for several documents: it goes with the last of them")
    func removesWithLast() async throws {
        try await Self.withBench { bench in
            let blob = try await bench.old("gedeeld")
            _ = try await bench.client.query(Bench.insertion(of: blob))
            _ = try await bench.client.query(
                """
                insert into stored_document select repository_unique_id, 'second', sha256, sha1, size, mime_type
                from stored_document
                """)
            _ = try await bench.client.query("delete from stored_document where unique_id = 'second'")
            try await bench.sweep.sweep()
            #expect(try await bench.files.store.contains(blob.address))
            _ = try await bench.client.query("delete from stored_document")
            try await bench.sweep.sweep()
            #expect(try await !bench.files.store.contains(blob.address))
        }
    }

    @Test("what a dead process left in staging is counted too")
    func sweepsStaging() async throws {
        try await Self.withBench { bench in
            var other: FileBlobStore? = try TemporaryStore.open(bench.files.folder)
            _ = try await other?.stage(ByteBuffer(string: "half"), mediaType: nil)
            try await TemporaryStore.close(&other)
            try await bench.sweep.sweep()
            #expect(bench.sweep.figures.removed == 1)
            #expect(try bench.files.files(in: "staging") == [])
        }
    }

    /// How the submission that meets the sweep ends.
    enum Ending: Sendable, CaseIterable {
        case commits, rollsBack
    }

    private struct GivenUp: Error {}

    @Test("a submission of the same bytes that is being committed holds the sweep back", arguments: Ending.allCases)
    func waitsForSubmission(_ ending: Ending) async throws {
        try await Self.withBench { bench in
            let blob = try await bench.old("wordt net gebruikt")
            let (locked, lock) = AsyncStream<Void>.makeStream()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for await _ in locked {}
                    try await bench.sweep.sweep()
                }
                do {
                    try await bench.client.withTransaction { transaction in
                        _ = try await transaction.query("select pg_advisory_xact_lock_shared(\(blob.address.lockKey))")
                        lock.finish()
                        try await Self.waitForBlockedSession(bench.client)
                        #expect(bench.sweep.figures.sweeps == 0, "the sweep waits")
                        #expect(try await bench.files.store.contains(blob.address))
                        _ = try await transaction.query(Bench.insertion(of: blob))
                        if ending == .rollsBack { throw GivenUp() }
                    }
                } catch is GivenUp {
                    #expect(ending == .rollsBack)
                }
                try await group.waitForAll()
            }
            #expect(bench.sweep.figures.sweeps == 1)
            #expect(try await bench.files.store.contains(blob.address) == (ending == .commits))
        }
    }

    /// Returns when a session of this database waits for an advisory lock.
    private static func waitForBlockedSession(_ client: PostgresClient) async throws {
        for _ in 0..<1000 {
            let waiting = try await client.query(
                """
                select count(*) from pg_locks where locktype = 'advisory' and not granted
                and database = (select oid from pg_database where datname = current_database())
                """
            ).decode(Int64.self, row: 0, column: 0)
            if waiting > 0 { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("the sweep does not wait for the lock")
    }

    @Test("a submission that comes while the file is being removed waits for the sweep")
    func holdsSubmissionBack() async throws {
        try await Self.withBench { bench in
            let blob = try await bench.old("botsing")
            let catalogue = StoredDocumentCatalogue(
                client: bench.client, repositoryUniqueID: "2.999.2.1",
                entryIsVisible: { _, _, text in text.appendLiteral("true") })
            let (locked, lock) = AsyncStream<Void>.makeStream()
            try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask {
                    for await _ in locked {}
                    return try await bench.client.withTransaction { transaction in
                        _ = try await catalogue.add(
                            [.init(uniqueID: "1", mimeType: "text/plain", blob: blob)], storedBy: "ziekenhuis",
                            in: transaction)
                        return try await bench.files.store.contains(blob.address)
                    }
                }
                try await bench.client.withTransaction { transaction in
                    // As the sweep does: the exclusive lock, then the file.
                    _ = try await transaction.query("select pg_advisory_xact_lock(\(blob.address.lockKey))")
                    lock.finish()
                    try await Self.waitForBlockedSession(bench.client)
                    try await bench.files.store.remove(blob.address)
                }
                for try await contained in group {
                    #expect(!contained, "under its lock the submission sees that the bytes have to be placed again")
                }
            }
        }
    }

    @Test("as a service it sweeps at the start and at its interval, and goes on after a failure")
    func runs() async throws {
        try await Self.withBench(interval: .milliseconds(50)) { bench in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await bench.sweep.run() }
                for number in 0..<2 {
                    let orphan = try await bench.old("wees \(number)")
                    var isThere = true
                    for _ in 0..<500 where isThere {
                        try await Task.sleep(for: .milliseconds(10))
                        isThere = try await bench.files.store.contains(orphan.address)
                    }
                    #expect(!isThere)
                }
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }
}
