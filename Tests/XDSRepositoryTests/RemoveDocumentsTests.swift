import Foundation
import NIOCore
import PostgresKit
import Testing
import XDSMetadata
import XDSTesting

@testable import XDSRepository

@Suite("ITI-86 at the repository")
struct RemoveDocumentsTests {
    /// A repository with some documents of one submission.
    private static func withDocuments(
        _ count: Int, _ change: (inout SampleSubmission) -> Void = { _ in },
        _ body: (RepositoryBench, SampleSubmission) async throws -> Void
    ) async throws {
        try await RepositoryBench.with { bench in
            var sample = SampleMetadata.submission(documents: count)
            change(&sample)
            #expect(try await bench.send(.provideAndRegister(sample)).outcome == "Success")
            try await body(bench, sample)
        }
    }

    @Test(
        "3.86.4.1.3: all removed is Success; afterwards ITI-43 answers XDSDocumentUniqueIdError, and the bytes are gone"
    )
    func removes() async throws {
        try await Self.withDocuments(3) { bench, sample async throws in
            let answer = try await bench.remove([sample.uniqueID(0), sample.uniqueID(1), sample.uniqueID(0)])
            #expect(answer.outcome == "Success")
            #expect(answer.errors == [])
            #expect(try await bench.retrieve([sample.uniqueID(0)]).errors == ["XDSDocumentUniqueIdError"])
            #expect(try await bench.retrieve([sample.uniqueID(2)]).holds(sample.documents[2].bytes))
            #expect(try await bench.documents() == 1)
            #expect(try bench.files.files(in: "objects").count == 1)
        }
    }

    @Test("some removed is PartialSuccess with an error for each that was not, none removed is Failure")
    func tellsUnknown() async throws {
        try await Self.withDocuments(1) { bench, sample async throws in
            let some = try await bench.remove([sample.uniqueID(), "2.999.404"])
            #expect(some.outcome == "PartialSuccess")
            #expect(some.errors == ["XDSDocumentUniqueIdError"])
            #expect(some.text.contains("2.999.404"))
            let none = try await bench.remove([sample.uniqueID()])
            #expect(none.outcome == "Failure")
            #expect(none.errors == ["XDSDocumentUniqueIdError"])
        }
    }

    @Test("another repositoryUniqueId is XDSUnknownRepositoryId, and nothing is removed")
    func tellsOtherRepository() async throws {
        try await Self.withDocuments(1) { bench, sample async throws in
            let answer = try await bench.remove([sample.uniqueID()], repository: "2.999.2.2")
            #expect(answer.outcome == "Failure")
            #expect(answer.errors == ["XDSUnknownRepositoryId"])
            #expect(try await bench.documents() == 1)
        }
    }

    @Test("another document with equal bytes stays, bytes included, until it is removed itself")
    func keepsEqualBytes() async throws {
        try await Self.withDocuments(2, { $0.documents[1].bytes = $0.documents[0].bytes }) {
            bench, sample async throws in
            #expect(try await bench.remove([sample.uniqueID(0)]).outcome == "Success")
            #expect(try await bench.retrieve([sample.uniqueID(1)]).holds(sample.documents[1].bytes))
            #expect(try await bench.remove([sample.uniqueID(1)]).outcome == "Success")
            #expect(try bench.files.files(in: "objects") == [])
        }
    }

    @Test("a document that another organisation stored is XDSRemoveDocumentsError, unless the caller may change any")
    func obeysOwner() async throws {
        try await Self.withDocuments(2) { bench, sample async throws in
            let ids = [sample.uniqueID(0), sample.uniqueID(1)]
            let refused = try await bench.remove(ids, caller: RepositoryBench.caller("huisarts"))
            #expect(refused.outcome == "Failure")
            #expect(refused.errors == ["XDSRemoveDocumentsError", "XDSRemoveDocumentsError"])
            #expect(refused.text.contains(ids[1]))
            _ = try await bench.client.query("update stored_document set stored_by = null")
            #expect(try await bench.remove(ids).errors == ["XDSRemoveDocumentsError", "XDSRemoveDocumentsError"])
            let any = Caller(
                requestID: "request-2", organisation: "regio", mayCall: { _ in true }, maySubmitAs: { _ in true },
                mayChange: { _ in true })
            #expect(try await bench.remove(ids, caller: any).outcome == "Success")
        }
    }

    @Test("a removal waits for a submission of the same document, so that what is acknowledged is there at that moment")
    func waitsForSubmission() async throws {
        try await Self.withDocuments(1) { bench, sample async throws in
            let catalogue = bench.repository.catalogue
            let uniqueID = sample.uniqueID()
            let blob = try await bench.files.store.stage(ByteBuffer(bytes: sample.documents[0].bytes), mediaType: nil)
            let entry = StoredDocumentCatalogue.NewEntry(uniqueID: uniqueID, mimeType: "application/pdf", blob: blob)
            let (events, log) = AsyncStream<String>.makeStream()
            let (added, adding) = AsyncStream<Void>.makeStream()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await bench.client.withTransaction { transaction in
                        #expect(try await catalogue.add([entry], storedBy: "ziekenhuis", in: transaction).isEmpty)
                        adding.yield()
                        try await Task.sleep(for: .milliseconds(500))
                        log.yield("committed")
                    }
                }
                group.addTask {
                    for await _ in added { break }
                    _ = try await catalogue.remove([uniqueID], mayRemove: { _ in true })
                    log.yield("removed")
                }
                try await group.waitForAll()
            }
            log.finish()
            #expect(await events.reduce(into: []) { $0.append($1) } == ["committed", "removed"])
        }
    }

    @Test("a removed document may be submitted again")
    func storesAgain() async throws {
        try await Self.withDocuments(1) { bench, sample async throws in
            #expect(try await bench.remove([sample.uniqueID()]).outcome == "Success")
            #expect(try await bench.send(.provideAndRegister(sample)).outcome == "Success")
            #expect(try await bench.retrieve([sample.uniqueID()]).holds(sample.documents[0].bytes))
        }
    }

    @Test("removed between commit and bytes: what an interruption leaves is invisible, and the sweep takes it")
    func sweepsInterrupted() async throws {
        try await Self.withDocuments(1) { bench, sample async throws in
            let removal = try await bench.repository.catalogue.remove([sample.uniqueID()], mayRemove: { _ in true })
            let address = try #require(removal.addresses.first)
            #expect(try await bench.retrieve([sample.uniqueID()]).errors == ["XDSDocumentUniqueIdError"])
            #expect(try await bench.files.store.contains(address))
            try bench.files.age(address, by: 7_200)
            let sweep = OrphanSweep(
                store: bench.files.store, client: bench.client, interval: .seconds(60), age: .seconds(3_600),
                logger: TemporaryStore.logger)
            try await sweep.sweep()
            #expect(try await !bench.files.store.contains(address))
        }
    }

    @Test("a document removed and submitted again and again at once: in the end there is all of it or nothing")
    func removesDuringSubmission() async throws {
        try await Self.withDocuments(1) { bench, sample async throws in
            let id = sample.uniqueID()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<12 {
                    group.addTask {
                        if number.isMultiple(of: 2) {
                            _ = try await bench.remove([id])
                        } else {
                            #expect(try await bench.send(.provideAndRegister(sample)).outcome == "Success")
                        }
                    }
                }
                try await group.waitForAll()
            }
            let answer = try await bench.retrieve([id])
            if try await bench.documents() == 1 {
                #expect(answer.holds(sample.documents[0].bytes))
            } else {
                #expect(answer.errors == ["XDSDocumentUniqueIdError"])
            }
        }
    }

    @Test("a request that cannot be read is XDSRepositoryError")
    func refusesUnread() async throws {
        try await RepositoryBench.with { bench in
            let answer = try await bench.remove([])
            #expect(answer.outcome == "Failure")
            #expect(answer.errors == ["XDSRepositoryError"])
        }
    }
}
