import FoundationEssentials
import PostgresKit
import Testing
import XDSMetadata
import XDSTesting

@testable import XDSRegistry

@Suite("GetDocuments on PostgreSQL")
struct GetDocumentsTests {
    @Test("3.18.4.1.2.3.7.5: by entryUUID, of any status and kind; unknown ids are left out")
    func getsByEntryUUID() async throws {
        try await RegistryBench.with { bench in
            let (old, onDemand) = (SampleSubmission.single(), SampleSubmission.single())
            for submission in [old, onDemand] { try await bench.accept(submission.sample) }
            let new = SampleSubmission.related(.replace, to: old.id)
            try await bench.accept(new.sample)
            _ = try await bench.client.query(
                "update document_entry set object_type = 'OnDemand' where entry_uuid = \(onDemand.id)")
            let all = [old.id, new.id, onDemand.id]
            #expect(try await bench.find(.entries(all + [UUID()])) == Set(all))
            #expect(try await bench.find(.entries([old.id, old.id])) == [old.id], "asked twice, given once")
            #expect(try await bench.find(.entries([UUID()])) == [])
            let upper = SampleQuery.entries([]).with(
                "$XDSDocumentEntryEntryUUID", "('urn:uuid:\(old.id.uuidString.uppercased())')")
            #expect(try await bench.find(upper) == [old.id], "upper case is the same UUID")
            let notOne = SampleQuery.entries([]).with("$XDSDocumentEntryEntryUUID", "('Document01')")
            #expect(try await bench.find(notOne) == [])
        }
    }

    @Test("3.18.4.1.2.3.7.5: by uniqueId, which may stand for several entries")
    func getsByUniqueId() async throws {
        try await RegistryBench.with { bench in
            let first = SampleSubmission.single()
            try await bench.accept(first.sample)
            var again = SampleSubmission.single()
            again.sample.documentEntry.uniqueId = first.sample.documentEntry.uniqueId
            again.sample.documents[0].bytes = first.sample.documents[0].bytes
            let other = SampleSubmission.single()
            try await bench.accept(again.sample)
            try await bench.accept(other.sample)
            let uniqueId = first.sample.documentEntry.uniqueId
            #expect(try await bench.find(.getDocuments(uniqueIds: [uniqueId])) == [first.id, again.id])
            #expect(
                try await bench.find(.getDocuments(uniqueIds: [other.sample.documentEntry.uniqueId, "2.999.404"])) == [
                    other.id
                ])
            #expect(try await bench.find(.getDocuments(uniqueIds: ["2.999.404"])) == [])
        }
    }

    @Test("by logicalID; former versions at level 2 alone")
    func getsByLogicalID() async throws {
        try await RegistryBench.with { bench in
            let submission = SampleSubmission.single()
            try await bench.accept(submission.sample)
            let query = SampleQuery.entries([]).without("$XDSDocumentEntryEntryUUID")
                .with("$XDSDocumentEntryLogicalID", "('\(submission.id.urn)')")
            #expect(try await bench.find(query.with("$MetadataLevel", "2")) == [submission.id])
            _ = try await bench.client.query("update document_entry set latest = false")
            #expect(try await bench.find(query.with("$MetadataLevel", "2")) == [submission.id])
            #expect(try await bench.find(.entries([submission.id])) == [])
        }
    }

    @Test("3.18.4.1.2.3.4: LeafClass over two patients is XDSResultNotSinglePatient, ObjectRef is not")
    func demandsSinglePatient() async throws {
        try await RegistryBench.with { bench in
            let mine = SampleSubmission.single()
            let other = SampleSubmission.single(patientId: SampleMetadata.otherPatientId)
            for submission in [mine, other] { try await bench.accept(submission.sample) }
            let refs = try await bench.answer(.entries([mine.id, other.id]), .objectRef)
            #expect(Set(refs.objectRefs) == [mine.id.urn, other.id.urn])
            let error = await #expect(throws: SeveralPatients.self) {
                _ = try await bench.answer(.entries([mine.id, other.id]), .leafClass)
            }
            #expect(error?.registryError.code == .resultNotSinglePatient)
            #expect(try await bench.find(.entries([mine.id])) == [mine.id])
            #expect(try await bench.find(.entries([other.id])) == [other.id])
        }
    }

    @Test("returnType: ObjectRef gives ids alone, LeafClass whole objects")
    func returnsWhatIsAsked() async throws {
        try await RegistryBench.with { bench in
            let submission = SampleSubmission.single()
            try await bench.accept(submission.sample)
            let refs = try await bench.answer(.entries([submission.id]), .objectRef)
            #expect(refs.objectRefs == [submission.id.urn])
            #expect(refs.extrinsicObjects.isEmpty)
            let leaves = try await bench.answer(.entries([submission.id]), .leafClass)
            #expect(leaves.objectRefs.isEmpty)
            #expect(leaves.extrinsicObjects.map(\.uniqueId) == [submission.sample.documentEntry.uniqueId])
        }
    }
}
