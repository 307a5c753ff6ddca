import FoundationEssentials
import PostgresKit
import Testing
import XDSMetadata
import XDSTesting

@testable import XDSRegistry

@Suite("GetFolderAndContents on PostgreSQL")
struct GetFolderAndContentsTests {
    /// A folder that holds two documents.
    private static func folder(
        _ bench: RegistryBench, _ change: (inout SampleSubmission) -> Void = { _ in }
    ) async throws -> (scene: Scene, memberships: [UUID]) {
        let scene = try await bench.scene {
            $0.link(folder: $0.folder.object.id ?? "", documentEntry: $0.objects.extrinsicObjects[1].object.id ?? "")
            change(&$0)
        }
        var memberships: [UUID] = []
        for document in scene.documents {
            memberships.append(try await bench.association(from: scene.folder, to: document))
        }
        return (scene, memberships)
    }

    @Test("3.18.4.1.2.3.7.11: the folder, its documents of any status, and their memberships")
    func getsContents() async throws {
        try await RegistryBench.with { bench in
            let (scene, memberships) = try await Self.folder(bench)
            _ = try await bench.scene()
            _ = try await bench.client.query(
                "update document_entry set status = 'Deprecated' where entry_uuid = \(scene.documents[0])")
            let found = try await bench.found(.getFolderAndContents(scene.folder))
            #expect(Set(found[0...1]) == Set(scene.documents) && found[2] == scene.folder)
            #expect(Set(found[3...]) == Set(memberships))
            let uniqueId = SampleQuery.of(
                .getFolderAndContents,
                ["$XDSFolderUniqueId": SampleQuery.literal(scene.uniqueIds[scene.folder] ?? "")])
            #expect(try await bench.found(uniqueId) == found)
            #expect(try await bench.found(.getFolderAndContents(UUID())) == [])
            #expect(try await bench.found(.getFolderAndContents(scene.set)) == [], "no folder")
        }
    }

    @Test("filters act on documents; the membership of a hidden document is not shown")
    func filtersEntries() async throws {
        try await RegistryBench.with { bench in
            typealias Scheme = EbRIMVocabulary.Scheme
            let (scene, memberships) = try await Self.folder(bench) {
                $0.objects.extrinsicObjects[1].setCodes(Scheme.formatCode, [.test("F")])
                $0.objects.extrinsicObjects[1].setCodes(Scheme.confidentialityCode, [.test("R"), .test("V")])
            }
            let query = SampleQuery.getFolderAndContents(scene.folder)
            let second = [scene.documents[1], scene.folder, memberships[1]]
            let confidentiality = "$XDSDocumentEntryConfidentialityCode"
            let format = "(\(CodedValue.test("F").literal))"
            #expect(try await bench.found(query.with("$XDSDocumentEntryFormatCode", format)) == second)
            let both = query.adding(confidentiality, "(\(CodedValue.test("R").literal))")
            #expect(
                try await bench.found(both.adding(confidentiality, "(\(CodedValue.test("V").literal))")) == second)
            #expect(try await bench.found(both.adding(confidentiality, format)) == [scene.folder])
            let onDemand = SampleQuery.list([DocumentEntryType.onDemand.rawValue])
            #expect(try await bench.found(query.with("$XDSDocumentEntryType", onDemand)) == [scene.folder])
        }
    }

    @Test("$XDSAssociationStatus: Approved memberships and what is found through them, unless the query says otherwise")
    func getsByAssociationStatus() async throws {
        try await RegistryBench.with { bench in
            let (scene, memberships) = try await Self.folder(bench)
            try await bench.setStatus(.deprecated, ofAssociation: memberships[0])
            let query = SampleQuery.getFolderAndContents(scene.folder)
            let (first, second) = (
                [scene.documents[0], scene.folder, memberships[0]], [scene.documents[1], scene.folder, memberships[1]]
            )
            let (status, deprecated) = ("$XDSAssociationStatus", AvailabilityStatus.deprecated.rawValue)
            #expect(try await bench.found(query) == second)
            #expect(try await bench.found(query.with(status, "('\(deprecated)')")) == first)
            let both = SampleQuery.list(AvailabilityStatus.allCases.map(\.rawValue))
            #expect(Set(try await bench.found(query.with(status, both))) == Set(first + second))
        }
    }

    @Test("$MetadataLevel: a uniqueId stands for all versions of the folder at level 2, each with its memberships")
    func getsVersions() async throws {
        try await RegistryBench.with { bench in
            let (former, latest) = (try await Self.folder(bench), try await Self.folder(bench))
            try await bench.makeFormer(former.scene.folder, of: latest.scene.folder, in: "folder")
            try await bench.makeFormer(latest.scene.documents[0], of: latest.scene.documents[1])
            let uniqueId = SampleQuery.of(
                .getFolderAndContents,
                ["$XDSFolderUniqueId": SampleQuery.literal(latest.scene.uniqueIds[latest.scene.folder] ?? "")])
            #expect(
                try await bench.found(uniqueId) == [
                    latest.scene.documents[1], latest.scene.folder, latest.memberships[1],
                ])
            #expect(try await bench.found(.getFolderAndContents(former.scene.folder)) == [])
            let all = try await bench.found(uniqueId.with("$MetadataLevel", "2"))
            let expected = [former, latest].flatMap { $0.scene.documents + [$0.scene.folder] + $0.memberships }
            #expect(Set(all) == Set(expected))
        }
    }

    @Test("3.18.4.1.2.3.4: a version whose patient was changed makes it XDSResultNotSinglePatient in LeafClass")
    func demandsSinglePatient() async throws {
        try await RegistryBench.with { bench in
            let (scene, _) = try await Self.folder(bench)
            _ = try await bench.client.query(
                """
                update document_entry set patient_key = (select patient_key from patient
                    where patient_id = \(SampleMetadata.otherPatientId)) where entry_uuid = \(scene.documents[0])
                """)
            let query = SampleQuery.getFolderAndContents(scene.folder)
            #expect(try await bench.answer(query, .objectRef).objectRefs.count == 5)
            await #expect(throws: SeveralPatients.self) { _ = try await bench.answer(query, .leafClass) }
        }
    }
}
