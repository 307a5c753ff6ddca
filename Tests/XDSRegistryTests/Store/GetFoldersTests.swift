import FoundationEssentials
import PostgresKit
import Testing
import XDSMetadata
import XDSTesting

@testable import XDSRegistry

@Suite("GetFolders on PostgreSQL")
struct GetFoldersTests {
    @Test("3.18.4.1.2.3.7.6: by entryUUID or uniqueId, of any status; unknown ids are left out")
    func getsFolders() async throws {
        try await RegistryBench.with { bench in
            let (first, second) = (try await bench.scene(), try await bench.scene())
            _ = try await bench.client.query(
                "update folder set status = 'Deprecated' where entry_uuid = \(second.folder)")
            #expect(
                Set(try await bench.found(.getFolders([first.folder, second.folder, UUID()]))) == [
                    first.folder, second.folder,
                ])
            #expect(try await bench.found(.getFolders([first.set, first.documents[0]])) == [], "no folders")
            #expect(try await bench.found(.getFolders([UUID()])) == [])
            let uniqueId = first.uniqueIds[first.folder] ?? ""
            let byUniqueId = SampleQuery.of(.getFolders, ["$XDSFolderUniqueId": "('\(uniqueId)','2.999.404')"])
            #expect(try await bench.found(byUniqueId) == [first.folder])
        }
    }

    @Test("former versions at level 2 alone, also by uniqueId and logicalID")
    func getsVersions() async throws {
        try await RegistryBench.with { bench in
            let (former, latest) = (try await bench.scene(), try await bench.scene())
            try await bench.makeFormer(former.folder, of: latest.folder, in: "folder")
            let both: Set = [former.folder, latest.folder]
            let uniqueId = SampleQuery.of(
                .getFolders, ["$XDSFolderUniqueId": SampleQuery.list([latest.uniqueIds[latest.folder] ?? ""])])
            let logicalID = SampleQuery.of(.getFolders, ["$XDSFolderLogicalID": SampleQuery.list([latest.folder])])
            #expect(try await bench.found(.getFolders([former.folder])) == [])
            #expect(try await bench.found(.getFolders([former.folder]).with("$MetadataLevel", "2")) == [former.folder])
            #expect(try await bench.found(uniqueId) == [latest.folder])
            #expect(Set(try await bench.found(uniqueId.with("$MetadataLevel", "2"))) == both)
            #expect(Set(try await bench.found(logicalID.with("$MetadataLevel", "2"))) == both)
        }
    }

    @Test("3.18.4.1.2.3.4: LeafClass over two patients is XDSResultNotSinglePatient, ObjectRef is not")
    func demandsSinglePatient() async throws {
        try await RegistryBench.with { bench in
            let mine = try await bench.scene()
            let other = try await bench.scene(patientId: SampleMetadata.otherPatientId)
            let query = SampleQuery.getFolders([mine.folder, other.folder])
            #expect(try await bench.answer(query, .objectRef).objectRefs.count == 2)
            await #expect(throws: SeveralPatients.self) { _ = try await bench.answer(query, .leafClass) }
        }
    }
}
