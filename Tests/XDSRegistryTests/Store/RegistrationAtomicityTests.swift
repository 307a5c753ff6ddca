import FoundationEssentials
import PostgresKit
import Testing
import XDSMetadata
import XDSTesting

@testable import XDSRegistry

@Suite("ITI-42: all of a submission or nothing")
struct RegistrationAtomicityTests {
    private struct Broken: Error {}

    /// A row that the repository would write with a submission.
    private static func storedDocument(_ uniqueID: String) -> PostgresQuery {
        """
        insert into stored_document (repository_unique_id, unique_id, sha256, sha1, size, mime_type)
        values ('2.999.2.1', \(uniqueID), \([UInt8](repeating: 1, count: 32)),
            \([UInt8](repeating: 2, count: 20)), 1, 'text/plain')
        """
    }

    @Test("what runs alongside is committed with the submission")
    func commitsAlongside() async throws {
        try await RegistryBench.with { bench in
            let response = try await bench.registry.register(
                SampleMetadata.submission().completed().unverified, caller: RegistryBench.caller,
                alongside: { transaction in
                    _ = try await transaction.query(Self.storedDocument("1"))
                    return []
                })
            #expect(response.status == .success)
            let expected: [String: Int64] = [
                "submission_set": 1, "document_entry": 1, "folder": 0, "association": 1, "stored_document": 1,
            ]
            #expect(try await bench.rowCounts() == expected)
        }
    }

    @Test("errors of the repository undo everything, its own rows included")
    func undoesErrorsAlongside() async throws {
        try await RegistryBench.with { bench in
            let before = try await bench.rowCounts()
            let error = RegistryError(.nonIdenticalHash, "another hash")
            let response = try await bench.registry.register(
                SampleMetadata.submission(folders: 1).completed().unverified, caller: RegistryBench.caller,
                alongside: { transaction in
                    _ = try await transaction.query(Self.storedDocument("1"))
                    return [error]
                })
            #expect(response.status == .failure)
            #expect(response.errors == [error])
            #expect(try await bench.rowCounts() == before)
        }
    }

    @Test("a failure of the repository undoes everything and is passed on")
    func undoesFailureAlongside() async throws {
        try await RegistryBench.with { bench in
            let before = try await bench.rowCounts()
            await #expect(throws: Broken.self) {
                try await bench.registry.register(
                    SampleMetadata.submission().completed().unverified, caller: RegistryBench.caller,
                    alongside: { transaction in
                        _ = try await transaction.query(Self.storedDocument("1"))
                        throw Broken()
                    })
            }
            #expect(try await bench.rowCounts() == before)
            try await bench.accept(SampleMetadata.submission())
        }
    }

    @Test(
        "findings of the repository come first, the registry's own with them; nothing is stored or runs alongside"
    )
    func refusesFindings() async throws {
        try await RegistryBench.with { bench in
            let before = try await bench.rowCounts()
            let finding = RegistryError(.repositoryMetadata, "size is not the one of the document")
            for patient in [SampleMetadata.patientId, "unknown^^^&2.999.1&ISO"] {
                let sample = SampleMetadata.submission(patientId: patient)
                let response = try await bench.registry.register(
                    sample.completed().unverified, findings: [finding], caller: RegistryBench.caller,
                    alongside: { transaction in
                        _ = try await transaction.query(Self.storedDocument("1"))
                        return []
                    })
                #expect(response.status == .failure)
                #expect(response.errors.first == finding)
                let codes = Set(response.errors.dropFirst().map(\.code))
                #expect(codes == (patient == SampleMetadata.patientId ? [] : [.unknownPatientId]))
                #expect(try await bench.rowCounts() == before)
            }
        }
    }

    @Test("a refused submission leaves no row in any table, and its ids stay free")
    func leavesNothingOfRefused() async throws {
        try await RegistryBench.with { bench in
            let before = try await bench.rowCounts()
            var sample = SampleMetadata.submission(documents: 2, folders: 1)
            sample.objects.extrinsicObjects[1].object.classifications.removeAll {
                $0.classificationScheme == EbRIMVocabulary.Scheme.typeCode
            }
            let response = try await bench.register(sample)
            #expect(response.errors.map(\.code) == [.metadata])
            #expect(try await bench.rowCounts() == before)
            sample.objects.extrinsicObjects[1] = SampleMetadata.documentEntry(id: "Document02")
            try await bench.accept(sample)
        }
    }

    @Test(
        "a failure of the database at the last row leaves no row in any table",
        arguments: RegistryBench.tables.prefix(4))
    func leavesNothingOfFailed(_ table: String) async throws {
        try await RegistryBench.with { bench in
            _ = try await bench.client.query(
                "create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$")
            _ = try await bench.client.query(
                "create trigger refuse after insert on \(unescaped: table) for each row execute function refuse()")
            let before = try await bench.rowCounts()
            await #expect(throws: PostgresError.self) {
                try await bench.register(SampleMetadata.submission(documents: 2, folders: 1))
            }
            #expect(try await bench.rowCounts() == before)
        }
    }

    @Test("an organisation may submit under its own sourceIds only")
    func refusesForeignSource() async throws {
        try await RegistryBench.with { bench in
            let before = try await bench.rowCounts()
            let caller = Caller(
                requestID: "request", organisation: "huisarts", mayCall: { _ in true },
                maySubmitAs: { $0 == "2.999.3.2" }, mayChange: { _ in false })
            let sample = SampleMetadata.submission()
            let refused = try await bench.registry.register(sample.completed().unverified, caller: caller)
            #expect(refused.errors.map(\.code) == [.metadata])
            #expect(refused.errors.first?.context.contains("huisarts") == true)
            #expect(try await bench.rowCounts() == before)
            var own = sample
            own.submissionSet.object.setIdentifier(EbRIMVocabulary.Scheme.submissionSetSourceId, "2.999.3.2")
            #expect(try await bench.registry.register(own.completed().unverified, caller: caller).status == .success)
        }
    }

    @Test("3.42.4.1.3: uniqueIds of the registry: sets and folders once, documents again if identical")
    func checksUniqueIds() async throws {
        try await RegistryBench.with { bench in
            let first = SampleMetadata.submission(folders: 1)
            try await bench.accept(first)
            let before = try await bench.rowCounts()

            let repeated = try await bench.register(first)
            #expect(Set(repeated.errors.map(\.code)) == [.duplicateUniqueIdInRegistry])
            #expect(repeated.errors.count == 2, "the SubmissionSet and the Folder")

            var otherBytes = SampleMetadata.submission()
            otherBytes.documentEntry.uniqueId = first.documentEntry.uniqueId
            otherBytes.documents[0].bytes.append(0)
            let refused = try await bench.register(otherBytes)
            #expect(refused.errors.first?.code == .nonIdenticalHash)
            #expect(try await bench.rowCounts() == before)

            var same = SampleMetadata.submission()
            same.documentEntry.uniqueId = first.documentEntry.uniqueId
            same.documents[0].bytes = first.documents[0].bytes
            try await bench.accept(same)
            #expect(try await bench.find(.getDocuments(uniqueIds: [same.documentEntry.uniqueId])).count == 2)
        }
    }

    @Test("a submitted UUID that an object has is refused, and the object stays as it was")
    func refusesUsedUUID() async throws {
        try await RegistryBench.with { bench in
            let first = SampleSubmission.single()
            try await bench.accept(first.sample)
            let before = try await bench.entry(first.id)
            var second = SampleMetadata.submission()
            second.identify(as: first.id)
            let refused = try await bench.register(second)
            #expect(refused.errors.map(\.code) == [.metadata])
            #expect(try await bench.entry(first.id) == before)
        }
    }
}
