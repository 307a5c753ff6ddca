import Foundation
import NIOCore
import PostgresKit
import Testing
import XDSMetadata
import XDSTesting

@testable import XDSRepository

@Suite("ITI-43 at the repository")
struct RetrieveDocumentSetTests {
    /// A repository with some documents.
    private static func withDocuments(
        _ count: Int, _ body: (RepositoryBench, SampleSubmission) async throws -> Void
    ) async throws {
        try await RepositoryBench.with { bench in
            var sample = SampleMetadata.submission(documents: count)
            sample.objects.extrinsicObjects[0].mimeType = "text/xml"
            #expect(try await bench.send(.provideAndRegister(sample)).outcome == "Success")
            try await body(bench, sample)
        }
    }

    @Test("3.43: documents come back byte for byte, with the mimeType of their submission and in the order asked")
    func retrieves() async throws {
        try await Self.withDocuments(3) { bench, sample async throws in
            let ids = [sample.uniqueID(2), sample.uniqueID(0)]
            let answer = try await bench.retrieve(ids)
            #expect(answer.outcome == "Success")
            #expect(answer.holds(sample.documents[2].bytes))
            #expect(answer.holds(sample.documents[0].bytes))
            #expect(!answer.holds(sample.documents[1].bytes))
            let places = try ids.map { try #require(answer.text.range(of: "<xds:DocumentUniqueId>\($0)<")?.lowerBound) }
            #expect(places[0] < places[1])
            let types = answer.text.components(separatedBy: "<xds:mimeType>").dropFirst().map {
                $0.prefix { $0 != "<" }
            }
            #expect(types == ["application/pdf", "text/xml"])
        }
    }

    @Test("3.43: some found is PartialSuccess with an error for each that is not, none found is Failure")
    func tellsUnknown() async throws {
        try await Self.withDocuments(1) { bench, sample async throws in
            let some = try await bench.retrieve([sample.uniqueID(), "2.999.404", "2.999.405"])
            #expect(some.outcome == "PartialSuccess")
            #expect(some.errors == ["XDSDocumentUniqueIdError", "XDSDocumentUniqueIdError"])
            #expect(some.holds(sample.documents[0].bytes))
            let none = try await bench.retrieve(["2.999.404"])
            #expect(none.outcome == "Failure")
            #expect(none.errors == ["XDSDocumentUniqueIdError"])
            let injected = try await bench.retrieve(["' or '1'='1"])
            #expect(injected.errors == ["XDSDocumentUniqueIdError"])
        }
    }

    @Test("a hidden document is answered byte for byte like one that does not exist; only the facts for the audit tell")
    func hides() async throws {
        try await RepositoryBench.with { bench in
            let sample = SampleMetadata.submission(documents: 2)
            #expect(try await bench.send(.provideAndRegister(sample)).outcome == "Success")
            let hidden = sample.uniqueID(0)
            let absent = String(hidden.dropLast()) + (hidden.hasSuffix("7") ? "8" : "7")
            let partners = [hidden, absent].map { Self.partner(asking: [$0, $0]) }
            let answers = try await [
                bench.retrieve([hidden, hidden], caller: partners[0]),
                bench.retrieve([absent, absent], caller: partners[1]),
            ]
            #expect(answers[0].outcome == "Failure")
            #expect(answers[0].errors == ["XDSDocumentUniqueIdError", "XDSDocumentUniqueIdError"])
            #expect(answers[0].status == answers[1].status)
            let texts = zip(answers, [hidden, absent]).map { Self.withoutFreshIDs($0.text).replacing($1, with: "ID") }
            #expect(texts[0] == texts[1])
            #expect(partners[0].facts.content.documents.map(\.isWithheld) == [true, true])
            #expect(partners[1].facts.content.documents.map(\.isWithheld) == [false, false])
            // Who gave the bytes sees them.
            let own = try await bench.retrieve([hidden])
            #expect(own.outcome == "Success")
        }
    }

    /// Somebody who sees nothing without consent, with the facts of a request noted as the gateway does it.
    private static func partner(asking uniqueIDs: [String]) -> Caller {
        let caller = Caller(
            requestID: "request-1", organisation: "huisarts", mayCall: { _ in true }, maySubmitAs: { _ in true },
            mayChange: { _ in false }, access: AccessScope(organisation: "huisarts", consent: .optIn))
        caller.facts.note {
            $0.documents = uniqueIDs.map {
                .init(uniqueId: $0, repositoryUniqueId: SampleMetadata.repositoryUniqueId)
            }
        }
        return caller
    }

    /// The text of an answer without what is new in every one: ids of messages and boundaries.
    private static func withoutFreshIDs(_ text: String) -> String {
        text.replacing(#/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/#.ignoresCase(), with: "UUID")
    }

    @Test("another repositoryUniqueId is XDSUnknownRepositoryId")
    func tellsOtherRepository() async throws {
        try await Self.withDocuments(1) { bench, sample async throws in
            let answer = try await bench.retrieve([sample.uniqueID()], repository: "2.999.2.2")
            #expect(answer.outcome == "Failure")
            #expect(answer.errors == ["XDSUnknownRepositoryId"])
            #expect(!answer.holds(sample.documents[0].bytes))
        }
    }

    @Test("a document asked for twice comes twice, each with a part of its own")
    func retrievesTwice() async throws {
        try await Self.withDocuments(1) { bench, sample async throws in
            let answer = try await bench.retrieve([sample.uniqueID(), sample.uniqueID()])
            #expect(answer.outcome == "Success")
            let parts = answer.text.components(separatedBy: "Content-ID: <document-").dropFirst().map {
                $0.prefix { $0 != "@" }
            }
            #expect(parts == ["1", "2"])
        }
    }

    @Test("a client that does not speak MTOM gets base64 inside the envelope")
    func retrievesInline() async throws {
        try await Self.withDocuments(1) { bench, sample async throws in
            let payload = """
                <RetrieveDocumentSetRequest xmlns="\(XDSNamespace.xds)"><DocumentRequest>\
                <RepositoryUniqueId>\(SampleMetadata.repositoryUniqueId)</RepositoryUniqueId>\
                <DocumentUniqueId>\(sample.uniqueID())</DocumentUniqueId></DocumentRequest></RetrieveDocumentSetRequest>
                """
            let envelope = SampleEnvelope.make(
                action: TransactionID.retrieveDocumentSet.requestAction, payload: ByteBuffer(string: payload))
            let answer = try await bench.send(.simple(envelope))
            #expect(answer.outcome == "Success")
            #expect(answer.text.contains(Data(sample.documents[0].bytes).base64EncodedString()))
        }
    }

    @Test("a file that is gone is an error of the repository for its document; the others are given out")
    func tellsMissingFile() async throws {
        try await Self.withDocuments(2) { bench, sample async throws in
            let hash = try await bench.client.query(
                "select sha256 from stored_document where unique_id = \(sample.uniqueID(1))"
            ).decode([UInt8].self, row: 0, column: 0)
            try await bench.files.store.remove(ContentAddress(sha256: hash))
            let answer = try await bench.retrieve([sample.uniqueID(0), sample.uniqueID(1)])
            #expect(answer.outcome == "PartialSuccess")
            #expect(answer.errors == ["XDSRepositoryError"])
            #expect(answer.holds(sample.documents[0].bytes))
        }
    }

    @Test("a file that lost its end breaks the answer off: a short document never looks complete")
    func breaksOffTruncated() async throws {
        try await Self.withDocuments(1) { bench, sample async throws in
            let file = try #require(try bench.files.files(in: "objects").first)
            let handle = try #require(FileHandle(forWritingAtPath: "\(bench.files.folder)/objects/\(file)"))
            try handle.truncate(atOffset: 3)
            try handle.close()
            let error = await #expect(throws: BlobStoreError.self) { _ = try await bench.retrieve([sample.uniqueID()]) }
            #expect(error?.code == .missingBytes)
        }
    }
}
