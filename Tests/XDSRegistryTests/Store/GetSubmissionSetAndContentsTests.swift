import FoundationEssentials
import PostgresKit
import Testing
import XDSMetadata
import XDSTesting

@testable import XDSRegistry

@Suite("GetSubmissionSetAndContents on PostgreSQL")
struct GetSubmissionSetAndContentsTests {
    @Test("3.18.4.1.2.3.7.10: the set, its documents and folders, their memberships, and those that the set holds")
    func getsContents() async throws {
        try await RegistryBench.with { bench in
            let scene = try await bench.scene()
            _ = try await bench.scene()
            let membership = try await bench.association(from: scene.folder, to: scene.documents[0])
            var associations = [membership]
            for object in scene.documents + [scene.folder, membership] {
                associations.append(try await bench.association(from: scene.set, to: object))
            }
            let found = try await bench.found(.getSubmissionSetAndContents(scene.set))
            #expect(found.first == scene.set && Set(found[1...2]) == Set(scene.documents) && found[3] == scene.folder)
            #expect(Set(found[4...]) == Set(associations))
            let uniqueId = SampleQuery.of(
                .getSubmissionSetAndContents,
                ["$XDSSubmissionSetUniqueId": SampleQuery.literal(scene.uniqueIds[scene.set] ?? "")])
            #expect(try await bench.found(uniqueId) == found)
            #expect(try await bench.found(.getSubmissionSetAndContents(UUID())) == [])
            #expect(try await bench.found(.getSubmissionSetAndContents(scene.documents[0])) == [], "no set")
        }
    }

    @Test("filters act on documents; an Association is shown only if both its ends are")
    func filtersEntries() async throws {
        try await RegistryBench.with { bench in
            typealias Scheme = EbRIMVocabulary.Scheme
            let scene = try await bench.scene {
                $0.objects.extrinsicObjects[1].setCodes(Scheme.formatCode, [.test("F")])
                $0.objects.extrinsicObjects[1].setCodes(Scheme.confidentialityCode, [.test("R"), .test("V")])
            }
            let holds = try await bench.association(from: scene.set, to: scene.documents[1])
            let holdsFolder = try await bench.association(from: scene.set, to: scene.folder)
            let query = SampleQuery.getSubmissionSetAndContents(scene.set)
            let second = [scene.set, scene.documents[1], scene.folder]
            let format = "(\(CodedValue.test("F").literal))"
            let confidentiality = "$XDSDocumentEntryConfidentialityCode"
            let filtered = [
                query.with("$XDSDocumentEntryFormatCode", format),
                query.adding(confidentiality, "(\(CodedValue.test("R").literal))")
                    .adding(confidentiality, "(\(CodedValue.test("V").literal))"),
            ]
            for query in filtered {
                let found = try await bench.found(query)
                #expect(found.prefix(3) == second[...])
                #expect(Set(found.dropFirst(3)) == [holds, holdsFolder], "no membership of the hidden document")
            }
            let onDemand = SampleQuery.list([DocumentEntryType.onDemand.rawValue])
            #expect(
                try await bench.found(query.with("$XDSDocumentEntryType", onDemand)) == [
                    scene.set, scene.folder, holdsFolder,
                ])
        }
    }

    @Test("a membership in a folder outside of the set is not shown, nor is a relationship that the set does not hold")
    func leavesOutForeignEnds() async throws {
        try await RegistryBench.with { bench in
            let scene = try await bench.scene()
            var sample = SampleMetadata.submission()
            let (set, document) = (sample.identifySubmissionSet(), sample.identify())
            sample.link(folder: scene.folder.urn, documentEntry: document.urn)
            sample.associate(.append, from: document.urn, to: scene.documents[0].urn)
            try await bench.accept(sample)
            let holds = try await bench.association(from: set, to: document)
            #expect(try await bench.found(.getSubmissionSetAndContents(set)) == [set, document, holds])
        }
    }

    @Test("documents of any status; a referenced document of another patient is XDSResultNotSinglePatient in LeafClass")
    func demandsSinglePatient() async throws {
        try await RegistryBench.with { bench in
            let other = SampleSubmission.single(patientId: SampleMetadata.otherPatientId)
            try await bench.accept(other.sample)
            var sample = SampleMetadata.submission()
            let (set, document) = (sample.identifySubmissionSet(), sample.identify())
            sample.associate(.hasMember, from: set.urn, to: other.id.urn, status: .reference)
            try await bench.accept(sample)
            let query = SampleQuery.getSubmissionSetAndContents(set)
            #expect(try await bench.answer(query, .objectRef).objectRefs.count == 5)
            await #expect(throws: SeveralPatients.self) { _ = try await bench.answer(query, .leafClass) }
            _ = try await bench.client.query("delete from association where target_object = \(other.id)")
            _ = try await bench.client.query(
                "update document_entry set status = 'Deprecated' where entry_uuid = \(document)")
            #expect(try await bench.found(query).prefix(2) == [set, document])
        }
    }

    @Test("$MetadataLevel: former versions at level 2 alone")
    func getsVersions() async throws {
        try await RegistryBench.with { bench in
            let (former, latest) = (try await bench.scene(), try await bench.scene())
            try await bench.makeFormer(former.documents[0], of: latest.documents[0])
            let query = SampleQuery.getSubmissionSetAndContents(former.set)
            let first = try await bench.found(query)
            let holds = try await bench.association(from: former.set, to: former.documents[1])
            let holdsFolder = try await bench.association(from: former.set, to: former.folder)
            #expect(first.prefix(3) == [former.set, former.documents[1], former.folder])
            #expect(Set(first.dropFirst(3)) == [holds, holdsFolder])
            #expect(try await bench.found(query.with("$MetadataLevel", "2")).count == 9)
        }
    }
}
