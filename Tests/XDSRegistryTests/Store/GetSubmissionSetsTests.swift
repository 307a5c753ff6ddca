import FoundationEssentials
import Testing
import XDSMetadata
import XDSTesting

@testable import XDSRegistry

@Suite("GetSubmissionSets on PostgreSQL")
struct GetSubmissionSetsTests {
    @Test("3.18.4.1.2.3.7.9: sets that hold the objects, and the memberships that say so")
    func getsSets() async throws {
        try await RegistryBench.with { bench in
            let (first, second) = (try await bench.scene(), try await bench.scene())
            let holds = try await bench.association(from: first.set, to: first.documents[0])
            let holdsOther = try await bench.association(from: first.set, to: first.documents[1])
            let holdsFolder = try await bench.association(from: second.set, to: second.folder)
            #expect(
                try await bench.found(.getSubmissionSets([first.documents[0]])) == [first.set, holds],
                "the membership of the folder is none of a set")
            let several = try await bench.found(
                .getSubmissionSets([first.documents[0], first.documents[1], second.folder, UUID()]))
            #expect(several.prefix(2) == [first.set, second.set], "each set once, in the order of registration")
            #expect(Set(several.dropFirst(2)) == [holds, holdsOther, holdsFolder])
            #expect(try await bench.found(.getSubmissionSets([UUID()])) == [])
            #expect(try await bench.found(.getSubmissionSets([first.set])) == [])
        }
    }

    @Test("a document that is referenced by another set has both")
    func getsReferences() async throws {
        try await RegistryBench.with { bench in
            let scene = try await bench.scene()
            var sample = SampleMetadata.submission()
            let set = sample.identifySubmissionSet()
            sample.associate(.hasMember, from: set.urn, to: scene.documents[0].urn, status: .reference)
            try await bench.accept(sample)
            let found = try await bench.found(.getSubmissionSets([scene.documents[0]]))
            #expect(found.prefix(2) == [scene.set, set])
            #expect(found.count == 4)
        }
    }

    @Test("3.18.4.1.2.3.4: LeafClass over two patients is XDSResultNotSinglePatient, ObjectRef is not")
    func demandsSinglePatient() async throws {
        try await RegistryBench.with { bench in
            let mine = try await bench.scene()
            let other = try await bench.scene(patientId: SampleMetadata.otherPatientId)
            let query = SampleQuery.getSubmissionSets([mine.documents[0], other.documents[0]])
            #expect(try await bench.answer(query, .objectRef).objectRefs.count == 4)
            await #expect(throws: SeveralPatients.self) { _ = try await bench.answer(query, .leafClass) }
        }
    }
}
