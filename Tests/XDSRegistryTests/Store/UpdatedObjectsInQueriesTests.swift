import FoundationEssentials
import PostgresKit
import Testing
import XDSMetadata
import XDSTesting

@testable import XDSRegistry

@Suite("What the stored queries show after updates")
struct UpdatedObjectsInQueriesTests {
    /// A stored query with one parameter, and perhaps the level.
    private static func query(
        _ id: StoredQueryID, _ name: String, _ value: String, level: MetadataLevel = .latest
    ) -> SampleQuery {
        SampleQuery(id: id.rawValue, parameters: [Slot(name: name, values: [value])])
            .with("$MetadataLevel", String(level.rawValue))
    }

    /// A document in a Folder, both updated once.
    private static func updated(_ bench: RegistryBench) async throws -> RegistryBench.Registered {
        let filed = try await bench.registerFiled()
        var sample = SampleMetadata.update()
        sample.update(filed.entry, logicalID: filed.document)
        sample.update(filed.package, logicalID: filed.folder)
        let response = try await bench.update(sample)
        #expect(response.errors == [])
        return filed
    }

    @Test("GetFolderAndContents shows the latest Folder with the latest document, and the copy that links them")
    func showsLatest() async throws {
        try await RegistryBench.with { bench in
            let filed = try await Self.updated(bench)
            let folder = try await bench.latest(of: filed.folder, in: "folder")
            let document = try await bench.latest(of: filed.document)
            let link = try await bench.association(from: folder, to: document)
            let contents = Self.query(.getFolderAndContents, "$XDSFolderEntryUUID", "'\(folder.urn)'")
            #expect(try await bench.found(contents) == [document, folder, link])
            let folders = Self.query(.getFoldersForDocument, "$XDSDocumentEntryEntryUUID", "'\(document.urn)'")
            #expect(try await bench.found(folders) == [folder])
        }
    }

    @Test("at $MetadataLevel 2 all versions of Folder and document are there, each with lid and version")
    func showsVersions() async throws {
        try await RegistryBench.with { bench in
            let filed = try await Self.updated(bench)
            let folders = Self.query(
                .getFolders, "$XDSFolderLogicalID", "('\(filed.folder.urn)')", level: .all)
            let packages = try await bench.answer(folders, .leafClass).packages
            #expect(packages.map(\.object.versionInfo?.versionName).compactMap { $0 }.sorted() == ["1", "2"])
            #expect(Set(packages.map(\.object.lid)) == [filed.folder.urn])
            let entries = try await bench.answer(.versions(of: filed.document), .leafClass).extrinsicObjects
            #expect(entries.map(\.object.versionInfo?.versionName).compactMap { $0 }.sorted() == ["1", "2"])
            #expect(Set(entries.map(\.object.status)) == Set(AvailabilityStatus.allCases.map(\.rawValue)))
        }
    }

    @Test("the SubmissionSet of an update holds its new versions; copies of Associations are no members of it")
    func showsSubmissionSet() async throws {
        try await RegistryBench.with { bench in
            let filed = try await Self.updated(bench)
            let document = try await bench.latest(of: filed.document)
            let folder = try await bench.latest(of: filed.folder, in: "folder")
            let set = try await bench.client.query(
                "select submission_set from document_entry where entry_uuid = \(document)"
            ).decode(UUID.self, row: 0, column: 0)
            let contents = Self.query(.getSubmissionSetAndContents, "$XDSSubmissionSetEntryUUID", "'\(set.urn)'")
            let members = [
                try await bench.association(from: set, to: document),
                try await bench.association(from: set, to: folder),
            ]
            let found = try await bench.found(contents)
            #expect(Array(found.prefix(3)) == [set, document, folder])
            #expect(Set(found.dropFirst(3)) == Set(members))
        }
    }

    @Test("$XDSAssociationStatus tells deprecated Associations from their copies")
    func showsAssociations() async throws {
        try await RegistryBench.with { bench in
            let filed = try await bench.registerFiled()
            let old = try await bench.association(from: filed.folder, to: filed.document)
            var sample = SampleMetadata.update()
            sample.update(filed.entry, logicalID: filed.document)
            #expect(try await bench.update(sample).errors == [])
            let copy = try await bench.association(from: filed.folder, to: bench.latest(of: filed.document))
            let query = Self.query(.getAssociations, "$uuid", "('\(filed.folder.urn)')")
            let approved = Set(try await bench.found(query))
            #expect(approved.contains(copy) && !approved.contains(old))
            let deprecated = query.with("$XDSAssociationStatus", "('\(AvailabilityStatus.deprecated.rawValue)')")
            #expect(try await bench.found(deprecated) == [old])
        }
    }

    @Test("a removal of the whole update gives the former versions back to the queries")
    func showsAfterRemoval() async throws {
        try await RegistryBench.with { bench in
            let single = SampleSubmission.single()
            try await bench.accept(single.sample)
            var sample = SampleMetadata.update()
            sample.update(single.sample.completed().documentEntry, logicalID: single.id)
            #expect(try await bench.update(sample).errors == [])
            let latest = try await bench.latest(of: single.id)
            let set = try await bench.client.query(
                "select submission_set from document_entry where entry_uuid = \(latest)"
            ).decode(UUID.self, row: 0, column: 0)
            #expect(try await bench.remove([latest, set] + bench.associations(of: latest)).errors == [])
            let found = try await bench.find(
                .findDocuments().with("$XDSDocumentEntryStatus", "('\(AvailabilityStatus.deprecated.rawValue)')"))
            #expect(found == [single.id])
        }
    }
}
