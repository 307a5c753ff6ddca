import Foundation
import NIOCore
import PostgresKit
import SOAPKit
import Testing
import XDSMetadata
import XDSTesting

@testable import XDSRepository

@Suite("ITI-41 at the repository")
struct ProvideAndRegisterTests {
    private struct Failing: Error {}

    @Test("3.41: documents and rows are there, and staging is empty")
    func stores() async throws {
        try await RepositoryBench.with { bench async throws in
            let sample = SampleMetadata.submission(documents: 3)
            let answer = try await bench.send(.provideAndRegister(sample))
            #expect(answer.status == 200)
            #expect(answer.outcome == "Success", "\(answer.text)")
            #expect(try await bench.documents() == 3)
            #expect(try bench.files.files(in: "objects").count == 3)
            #expect(try bench.files.files(in: "staging") == [])
            let row = try await bench.client.query(
                """
                select sha1, size, mime_type, repository_unique_id from stored_document
                where unique_id = \(sample.uniqueID(1))
                """
            )
            let digest = try #require(sample.documents[1].digest)
            #expect(try row.decode([UInt8].self, row: 0, column: 0) == digest.hash.bytes)
            #expect(try row.decode(Int64.self, row: 0, column: 1) == digest.size)
            #expect(try row.decode(String.self, row: 0, column: 2) == "application/pdf")
            #expect(try row.decode(String.self, row: 0, column: 3) == SampleMetadata.repositoryUniqueId)
        }
    }

    @Test("a submission without documents is legal")
    func storesNoDocument() async throws {
        try await RepositoryBench.with { bench async throws in
            let answer = try await bench.send(.provideAndRegister(SampleMetadata.submission(documents: 0, folders: 1)))
            #expect(answer.outcome == "Success")
            #expect(try await bench.documents() == 0)
        }
    }

    @Test("a document as base64 inside the envelope is stored like a part, and its staging is cleared")
    func storesInline() async throws {
        try await RepositoryBench.with { bench async throws in
            let sample = SampleMetadata.submission()
            let message = SampleMessage.provideAndRegister(sample)
            let include = try #require(
                String(buffer: message.body).range(of: "<xop:Include[^>]*/>", options: .regularExpression)
                    .map { String(String(buffer: message.body)[$0]) })
            let base64 = Data(sample.documents[0].bytes).base64EncodedString(options: .lineLength76Characters)
            let payload = String(buffer: sample.provideAndRegisterRequest()).replacingOccurrences(
                of: include, with: base64)
            let envelope = SampleEnvelope.make(
                action: TransactionID.provideAndRegisterDocumentSet.requestAction, payload: ByteBuffer(string: payload))
            for inline in [SampleMessage.simple(envelope), .mtom(envelope, attachments: [])] {
                let answer = try await bench.send(inline)
                #expect(answer.outcome == "Success", "\(answer.text)")
            }
            #expect(try bench.files.files(in: "staging") == [])
            let retrieved = try await bench.retrieve([sample.uniqueID()])
            #expect(retrieved.holds(sample.documents[0].bytes))
        }
    }

    @Test("equal bytes of several documents and submissions are one file")
    func storesOnce() async throws {
        try await RepositoryBench.with { bench async throws in
            var sample = SampleMetadata.submission(documents: 2)
            sample.documents[1].bytes = sample.documents[0].bytes
            #expect(try await bench.send(.provideAndRegister(sample)).outcome == "Success")
            var other = SampleMetadata.submission()
            other.documents[0].bytes = sample.documents[0].bytes
            #expect(try await bench.send(.provideAndRegister(other)).outcome == "Success")
            #expect(try await bench.documents() == 3)
            #expect(try bench.files.files(in: "objects").count == 1)
        }
    }

    @Test(
        "the same document again is no error; other bytes are XDSNonIdenticalHash and XDSNonIdenticalSize"
    )
    func comparesStored() async throws {
        try await RepositoryBench.with { bench async throws in
            let sample = SampleMetadata.submission()
            #expect(try await bench.send(.provideAndRegister(sample)).outcome == "Success")
            #expect(try await bench.send(.provideAndRegister(sample)).outcome == "Success")
            #expect(try await bench.documents() == 1)
            var other = SampleMetadata.submission(documents: 2)
            other.setUniqueID(sample.uniqueID(), 1)
            other.documents[1].bytes.append(0)
            let refused = try await bench.send(.provideAndRegister(other))
            #expect(refused.outcome == "Failure")
            #expect(Set(refused.errors) == ["XDSNonIdenticalHash", "XDSNonIdenticalSize"])
            #expect(try await bench.documents() == 1, "the other document of the submission is not stored either")
            #expect(try await bench.retrieve([sample.uniqueID()]).holds(sample.documents[0].bytes))
        }
    }

    @Test("3.41.4.1.3: what the repository finds is answered, and nothing is placed")
    func refuses() async throws {
        try await RepositoryBench.with { bench async throws in
            var wrongHash = SampleMetadata.submission()
            wrongHash.documentEntry.object.setSlot(SlotName.hash, [String(repeating: "0", count: 40)])
            var wrongSize = SampleMetadata.submission()
            wrongSize.documentEntry.object.setSlot(SlotName.size, ["1"])
            var withoutDocument = SampleMetadata.submission(documents: 2)
            withoutDocument.documents.removeLast()
            var withoutEntry = SampleMetadata.submission()
            withoutEntry.documents.append(SampleMetadata.document(id: "Document99", number: 99))
            let cases: [(SampleSubmission, String)] = [
                (wrongHash, "XDSRepositoryMetadataError"), (wrongSize, "XDSRepositoryMetadataError"),
                (withoutDocument, "XDSMissingDocument"), (withoutEntry, "XDSMissingDocumentMetadata"),
            ]
            for (sample, code) in cases {
                let answer = try await bench.send(.provideAndRegister(sample))
                #expect(answer.status == 200)
                #expect(answer.outcome == "Failure")
                #expect(answer.errors == [code])
            }
            #expect(try await bench.documents() == 0)
            #expect(try bench.files.files(in: "objects") == [])
            #expect(try bench.files.files(in: "staging") == [])
        }
    }

    @Test("a submission that the registry refuses for its size is refused before a document is placed")
    func refusesSize() async throws {
        let error = RegistryError(.registryOutOfResources, "too many objects").found(by: .registry)
        try await RepositoryBench.with(sizeError: error, beforeCommit: { _ in throw Failing() }) { bench in
            var sample = SampleMetadata.submission(documents: 2)
            sample.documentEntry.object.setSlot(SlotName.hash, [String(repeating: "0", count: 40)])
            for _ in 0..<2 {
                let answer = try await bench.send(.provideAndRegister(sample))
                #expect(answer.status == 200)
                #expect(answer.outcome == "Failure")
                #expect(answer.errors == ["XDSRegistryOutOfResources"])
                sample = SampleMetadata.submission(documents: 2)
            }
            #expect(try await bench.documents() == 0)
            #expect(try bench.files.files(in: "objects") == [])
            #expect(try bench.files.files(in: "staging") == [])
        }
    }

    @Test("a failure of the registry is answered without detail; no row stays, and the next submission succeeds")
    func survivesRegistryFailure() async throws {
        try await RepositoryBench.with(beforeCommit: { _ in throw Failing() }) { bench in
            let answer = try await bench.send(.provideAndRegister(SampleMetadata.submission()))
            #expect(answer.outcome == "Failure")
            #expect(answer.errors == ["XDSRepositoryError"])
            #expect(answer.text.contains("request request-1"))
            #expect(!answer.text.contains("Failing"))
            #expect(try await bench.documents() == 0)
            #expect(try bench.files.files(in: "staging") == [])
        }
    }

    @Test("bytes that a sweep took between placing and commit are placed again")
    func placesAgain() async throws {
        try await RepositoryBench.with(
            beforeCommit: { files in
                for file in try files.files(in: "objects") {
                    try FileManager.default.removeItem(atPath: "\(files.folder)/objects/\(file)")
                }
            },
            { bench async throws in
                let sample = SampleMetadata.submission(documents: 2)
                #expect(try await bench.send(.provideAndRegister(sample)).outcome == "Success")
                let answer = try await bench.retrieve([sample.uniqueID(0), sample.uniqueID(1)])
                #expect(answer.holds(sample.documents[0].bytes))
                #expect(answer.holds(sample.documents[1].bytes))
            })
    }

    @Test("a document over the limit is HTTP 413, and nothing of the message stays")
    func refusesOversize() async throws {
        try await RepositoryBench.with(maximumBytes: 5000) { bench in
            var sample = SampleMetadata.submission(documents: 2)
            sample.documents[1].bytes = [UInt8](repeating: 65, count: 5001)
            let answer = try await bench.send(.provideAndRegister(sample))
            #expect(answer.status == 413)
            #expect(try await bench.documents() == 0)
            #expect(try bench.files.files(in: "objects") == [])
            #expect(try bench.files.files(in: "staging") == [])
        }
    }

    @Test(
        "a reference to no part, and text that is not base64, are faults that leave nothing",
        arguments: ["cid:elders", "###"])
    func refusesBrokenContent(_ content: String) async throws {
        try await RepositoryBench.with { bench async throws in
            let sample = SampleMetadata.submission(documents: 2)
            var payload = String(buffer: sample.provideAndRegisterRequest())
            if content.hasPrefix("cid:") {
                payload = payload.replacingOccurrences(of: "cid:" + sample.documents[1].contentID, with: content)
            } else {
                let end = try #require(payload.range(of: "<xop:Include", options: .backwards)?.lowerBound)
                payload = payload[..<end] + content + "</xds:Document></xds:ProvideAndRegisterDocumentSetRequest>"
            }
            let envelope = SampleEnvelope.make(
                action: TransactionID.provideAndRegisterDocumentSet.requestAction, payload: ByteBuffer(string: payload))
            let answer = try await bench.send(.mtom(envelope, attachments: sample.documents))
            #expect(answer.status == 400)
            #expect(answer.text.contains("Fault"))
            #expect(try await bench.documents() == 0)
            #expect(try bench.files.files(in: "staging") == [])
            #expect(try bench.files.files(in: "objects") == [])
        }
    }
}
