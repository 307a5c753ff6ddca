import FoundationEssentials
import PostgresKit
import Testing
import XDSMetadata
import XDSTesting

@testable import XDSRegistry

@Suite("GetAll on PostgreSQL")
struct GetAllTests {
    private static let both = SampleQuery.list(AvailabilityStatus.allCases.map(\.rawValue))

    @Test("3.18.4.1.2.3.7.4: every object of the patient and the Associations between them, of no other patient")
    func findsEverything() async throws {
        try await RegistryBench.with { bench in
            let scene = try await bench.scene()
            let other = try await bench.scene(patientId: SampleMetadata.otherPatientId)
            let membership = try await bench.association(from: scene.folder, to: scene.documents[0])
            var associations = [membership]
            for object in scene.documents + [scene.folder, membership] {
                associations.append(try await bench.association(from: scene.set, to: object))
            }
            let found = try await bench.found(.getAll())
            #expect(found.prefix(1) == [scene.set] && found[3] == scene.folder)
            #expect(Set(found[1...2]) == Set(scene.documents))
            #expect(Set(found[4...]) == Set(associations))
            #expect(try await bench.found(.getAll(patientId: SampleMetadata.otherPatientId)).first == other.set)
            #expect(try await bench.found(.getAll(patientId: "unknown^^^&2.999.1&ISO")) == [])
        }
    }

    @Test("each kind has a status of its own; an Association may point outside of the result")
    func findsByStatus() async throws {
        try await RegistryBench.with { bench in
            let old = SampleSubmission.single()
            try await bench.accept(old.sample)
            var new = SampleSubmission.related(.replace, to: old.id)
            let set = new.sample.identifySubmissionSet()
            try await bench.accept(new.sample)
            let replacement = try await bench.association(from: new.id, to: old.id)
            let found = try await bench.found(.getAll())
            #expect(found.contains(new.id) && !found.contains(old.id) && found.contains(set))
            #expect(found.contains(replacement), "its target is Deprecated and not asked for")
            let all = try await bench.found(.getAll().with("$XDSDocumentEntryStatus", Self.both))
            #expect(all.contains(old.id) && Set(all).isSuperset(of: found))
            let deprecated = SampleQuery.list([AvailabilityStatus.deprecated.rawValue])
            let none = try await bench.found(
                .getAll().with("$XDSSubmissionSetStatus", deprecated).with("$XDSFolderStatus", deprecated)
                    .with("$XDSDocumentEntryStatus", deprecated))
            let hold = try await bench.client.query(
                "select entry_uuid from association where target_object = \(old.id) and source_object <> \(new.id)")
            #expect(Set(none) == [old.id, replacement, try hold.decode(UUID.self, row: 0, column: 0)])
        }
    }

    @Test("$XDSAssociationStatus: Approved ones unless the query says otherwise")
    func findsByAssociationStatus() async throws {
        try await RegistryBench.with { bench in
            let scene = try await bench.scene()
            let membership = try await bench.association(from: scene.folder, to: scene.documents[0])
            try await bench.setStatus(.deprecated, ofAssociation: membership)
            let deprecated = SampleQuery.list([AvailabilityStatus.deprecated.rawValue])
            #expect(try await !bench.found(.getAll()).contains(membership))
            #expect(try await bench.found(.getAll().with("$XDSAssociationStatus", Self.both)).contains(membership))
            let only = try await bench.found(.getAll().with("$XDSAssociationStatus", deprecated))
            #expect(only.dropFirst(4) == [membership])
        }
    }

    @Test("format, confidentiality and kind limit DocumentEntries, not other objects")
    func filtersEntries() async throws {
        try await RegistryBench.with { bench in
            let scene = try await bench.scene {
                $0.objects.extrinsicObjects[0].setCodes(EbRIMVocabulary.Scheme.formatCode, [.test("F")])
                $0.objects.extrinsicObjects[1].setCodes(
                    EbRIMVocabulary.Scheme.confidentialityCode, [.test("R"), .test("V")])
            }
            func found(_ query: SampleQuery) async throws -> [UUID] {
                let ids = try await bench.found(query)
                #expect(ids.contains(scene.set) && ids.contains(scene.folder))
                return ids.filter { scene.documents.contains($0) }
            }
            let format = "(\(CodedValue.test("F").literal))"
            let confidentiality = "$XDSDocumentEntryConfidentialityCode"
            let (r, v) = ("(\(CodedValue.test("R").literal))", "(\(CodedValue.test("V").literal))")
            let query = SampleQuery.getAll()
            #expect(try await found(query.with("$XDSDocumentEntryFormatCode", format)) == [scene.documents[0]])
            #expect(
                try await found(query.adding(confidentiality, r).adding(confidentiality, v)) == [scene.documents[1]])
            #expect(try await found(query.adding(confidentiality, r).adding(confidentiality, format)) == [])
            let onDemand = SampleQuery.list([DocumentEntryType.onDemand.rawValue])
            #expect(try await found(query.with("$XDSDocumentEntryType", onDemand)) == [])
        }
    }

    @Test("$MetadataLevel: former versions of documents and folders at level 2 alone")
    func findsByLevel() async throws {
        try await RegistryBench.with { bench in
            let (former, latest) = (try await bench.scene(), try await bench.scene())
            try await bench.makeFormer(former.documents[0], of: latest.documents[0])
            try await bench.makeFormer(former.folder, of: latest.folder, in: "folder")
            let query = SampleQuery.getAll().with("$XDSDocumentEntryStatus", Self.both)
                .with("$XDSFolderStatus", Self.both)
            let first = try await bench.found(query)
            #expect(!first.contains(former.documents[0]) && !first.contains(former.folder))
            #expect(first.contains(latest.documents[0]) && first.contains(former.documents[1]))
            let second = try await bench.found(query.with("$MetadataLevel", "2"))
            #expect(Set(second).isSuperset(of: first + [former.documents[0], former.folder]))
        }
    }
}
