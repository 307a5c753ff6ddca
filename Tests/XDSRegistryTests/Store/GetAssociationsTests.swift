import FoundationEssentials
import Testing
import XDSMetadata
import XDSTesting

@testable import XDSRegistry

@Suite("GetAssociations and GetDocumentsAndAssociations on PostgreSQL")
struct GetAssociationsTests {
    @Test("3.18.4.1.2.3.7.7: Associations with source or target among the objects, each once, and nothing else")
    func getsAssociations() async throws {
        try await RegistryBench.with { bench in
            let scene = try await bench.scene()
            let membership = try await bench.association(from: scene.folder, to: scene.documents[0])
            let holds = try await bench.association(from: scene.set, to: scene.documents[0])
            let holdsFolder = try await bench.association(from: scene.set, to: scene.folder)
            let holdsMembership = try await bench.association(from: scene.set, to: membership)
            #expect(Set(try await bench.found(.getAssociations([scene.documents[0]]))) == [membership, holds])
            #expect(
                Set(try await bench.found(.getAssociations([scene.folder, scene.documents[0], UUID()]))) == [
                    membership, holds, holdsFolder,
                ], "an Association with both ends among them comes once")
            #expect(try await bench.found(.getAssociations([membership])) == [holdsMembership], "an Association's id")
            #expect(try await bench.found(.getAssociations([scene.set])).count == 4)
            #expect(try await bench.found(.getAssociations([UUID()])) == [])
            #expect(try await bench.found(.getAssociations([]).with("$uuid", "('Document01')")) == [])
        }
    }

    @Test("$XDSAssociationStatus: Approved ones unless the query says otherwise")
    func getsByStatus() async throws {
        try await RegistryBench.with { bench in
            let scene = try await bench.scene()
            let membership = try await bench.association(from: scene.folder, to: scene.documents[0])
            let holds = try await bench.association(from: scene.set, to: scene.documents[0])
            try await bench.setStatus(.deprecated, ofAssociation: membership)
            let (approved, deprecated) = (AvailabilityStatus.approved.rawValue, AvailabilityStatus.deprecated.rawValue)
            let queries = [
                SampleQuery.getAssociations([scene.documents[0]]),
                SampleQuery.getDocumentsAndAssociations([scene.documents[0]]),
            ]
            for query in queries {
                let status = "$XDSAssociationStatus"
                let others: Set<UUID> = query == queries[0] ? [] : [scene.documents[0]]
                #expect(Set(try await bench.found(query)) == others.union([holds]))
                #expect(
                    Set(try await bench.found(query.with(status, "('\(deprecated)')"))) == others.union([membership]))
                #expect(
                    Set(try await bench.found(query.with(status, "('\(approved)','\(deprecated)')")))
                        == others.union([holds, membership]))
            }
        }
    }

    @Test("3.18.4.1.2.3.7.8: documents by entryUUID or uniqueId, and the Associations that touch them")
    func getsDocumentsAndAssociations() async throws {
        try await RegistryBench.with { bench in
            let scene = try await bench.scene()
            let membership = try await bench.association(from: scene.folder, to: scene.documents[0])
            let holds = try await bench.association(from: scene.set, to: scene.documents[0])
            let found = try await bench.found(.getDocumentsAndAssociations([scene.documents[0], UUID()]))
            #expect(found.first == scene.documents[0])
            #expect(Set(found.dropFirst()) == [membership, holds])
            let uniqueId = SampleQuery.of(
                .getDocumentsAndAssociations,
                ["$XDSDocumentEntryUniqueId": SampleQuery.list([scene.uniqueIds[scene.documents[0]] ?? ""])])
            #expect(try await bench.found(uniqueId) == found)
            #expect(try await bench.found(.getDocumentsAndAssociations([scene.folder])) == [], "no document")
            #expect(try await bench.found(.getDocumentsAndAssociations([UUID()])) == [])
        }
    }

    @Test("3.18.4.1.2.3.4: Associations have no patient; documents of two are XDSResultNotSinglePatient in LeafClass")
    func demandsSinglePatient() async throws {
        try await RegistryBench.with { bench in
            let mine = try await bench.scene()
            let other = try await bench.scene(patientId: SampleMetadata.otherPatientId)
            let query = SampleQuery.getDocumentsAndAssociations([mine.documents[0], other.documents[0]])
            #expect(try await bench.answer(query, .objectRef).objectRefs.count == 6)
            await #expect(throws: SeveralPatients.self) { _ = try await bench.answer(query, .leafClass) }
            let associations = SampleQuery.getAssociations([mine.documents[0], other.documents[0]])
            #expect(try await bench.found(associations).count == 4)
        }
    }

    @Test("$MetadataLevel: a former version and its Associations are shown at level 2 alone")
    func getsVersions() async throws {
        try await RegistryBench.with { bench in
            let (former, latest) = (try await bench.scene(), try await bench.scene())
            try await bench.makeFormer(former.documents[1], of: latest.documents[1])
            let holds = try await bench.association(from: former.set, to: former.documents[1])
            let query = SampleQuery.getDocumentsAndAssociations([former.documents[1]])
            #expect(try await bench.found(query) == [])
            #expect(try await bench.found(query.with("$MetadataLevel", "2")) == [former.documents[1], holds])
        }
    }
}
