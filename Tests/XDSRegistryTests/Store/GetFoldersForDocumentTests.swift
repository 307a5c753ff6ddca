import FoundationEssentials
import PostgresKit
import Testing
import XDSMetadata
import XDSTesting

@testable import XDSRegistry

@Suite("GetFoldersForDocument on PostgreSQL")
struct GetFoldersForDocumentTests {
    @Test("3.18.4.1.2.3.7.12: the folders that hold the document, and nothing else")
    func getsFolders() async throws {
        try await RegistryBench.with { bench in
            let (first, second) = (try await bench.scene(), try await bench.scene())
            var sample = SampleMetadata.submission(documents: 0)
            sample.link(folder: second.folder.urn, documentEntry: first.documents[0].urn)
            try await bench.accept(sample)
            let query = SampleQuery.getFoldersForDocument(first.documents[0])
            #expect(try await bench.found(query) == [first.folder, second.folder], "in the order of registration")
            #expect(try await bench.found(.getFoldersForDocument(second.documents[0])) == [second.folder])
            #expect(try await bench.found(.getFoldersForDocument(first.documents[1])) == [])
            #expect(try await bench.found(.getFoldersForDocument(UUID())) == [])
            let uniqueId = SampleQuery.of(
                .getFoldersForDocument,
                ["$XDSDocumentEntryUniqueId": SampleQuery.literal(second.uniqueIds[second.documents[0]] ?? "")])
            #expect(try await bench.found(uniqueId) == [second.folder])
            _ = try await bench.client.query(
                "update folder set status = 'Deprecated' where entry_uuid = \(first.folder)")
            #expect(try await bench.found(query).count == 2, "of any status")
        }
    }

    @Test("$XDSAssociationStatus: by Approved memberships unless the query says otherwise")
    func getsByAssociationStatus() async throws {
        try await RegistryBench.with { bench in
            let scene = try await bench.scene()
            let membership = try await bench.association(from: scene.folder, to: scene.documents[0])
            try await bench.setStatus(.deprecated, ofAssociation: membership)
            let query = SampleQuery.getFoldersForDocument(scene.documents[0])
            let deprecated = SampleQuery.list([AvailabilityStatus.deprecated.rawValue])
            #expect(try await bench.found(query) == [])
            #expect(try await bench.found(query.with("$XDSAssociationStatus", deprecated)) == [scene.folder])
        }
    }

    @Test("$MetadataLevel: former versions of document and folder count at level 2 alone")
    func getsVersions() async throws {
        try await RegistryBench.with { bench in
            let (former, latest) = (try await bench.scene(), try await bench.scene())
            try await bench.makeFormer(former.documents[0], of: latest.documents[0])
            let uniqueId = SampleQuery.of(
                .getFoldersForDocument,
                ["$XDSDocumentEntryUniqueId": SampleQuery.literal(latest.uniqueIds[latest.documents[0]] ?? "")])
            #expect(try await bench.found(.getFoldersForDocument(former.documents[0])) == [])
            #expect(try await bench.found(uniqueId) == [latest.folder])
            #expect(try await bench.found(uniqueId.with("$MetadataLevel", "2")) == [former.folder, latest.folder])
            try await bench.makeFormer(former.folder, of: latest.folder, in: "folder")
            let byUUID = SampleQuery.getFoldersForDocument(former.documents[0])
            #expect(try await bench.found(byUUID.with("$MetadataLevel", "2")) == [former.folder])
        }
    }
}
