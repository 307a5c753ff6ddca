import FoundationEssentials
import PostgresKit
import Testing
import XDSMetadata
import XDSTesting

@testable import XDSRegistry

@Suite("FindFolders on PostgreSQL")
struct FindFoldersTests {
    private static func folder(
        patientId: String = SampleMetadata.patientId, codes: [String] = ["OPNAME"]
    ) -> (sample: SampleSubmission, id: UUID) {
        var sample = SampleMetadata.submission(folders: 1, patientId: patientId)
        let id = sample.identifyFolder()
        sample.folder.setCodes(EbRIMVocabulary.Scheme.folderCodeList, codes.map { .test($0) })
        return (sample, id)
    }

    @Test("3.18.4.1.2.3.7.3: folders of this patient alone, and no other kind of object")
    func findsByPatient() async throws {
        try await RegistryBench.with { bench in
            let (mine, other) = (Self.folder(), Self.folder(patientId: SampleMetadata.otherPatientId))
            for folder in [mine, other] { try await bench.accept(folder.sample) }
            #expect(try await bench.found(.findFolders()) == [mine.id])
            #expect(try await bench.found(.findFolders(patientId: SampleMetadata.otherPatientId)) == [other.id])
            #expect(try await bench.found(.findFolders(patientId: "unknown^^^&2.999.1&ISO")) == [])
        }
    }

    @Test("$XDSFolderStatus, and $MetadataLevel for former versions")
    func findsByStatusAndLevel() async throws {
        try await RegistryBench.with { bench in
            let (former, latest) = (Self.folder(), Self.folder())
            for folder in [former, latest] { try await bench.accept(folder.sample) }
            try await bench.makeFormer(former.id, of: latest.id, in: "folder")
            let both = SampleQuery.findFolders().with(
                "$XDSFolderStatus", SampleQuery.list(AvailabilityStatus.allCases.map(\.rawValue)))
            let deprecated = both.with("$XDSFolderStatus", SampleQuery.list([AvailabilityStatus.deprecated.rawValue]))
            #expect(try await bench.found(both) == [latest.id])
            #expect(try await bench.found(deprecated) == [])
            #expect(Set(try await bench.found(both.with("$MetadataLevel", "2"))) == [former.id, latest.id])
            #expect(try await bench.found(deprecated.with("$MetadataLevel", "2")) == [former.id])
            #expect(try await bench.found(.findFolders().with("$MetadataLevel", "2")) == [latest.id])
        }
    }

    @Test("$XDSFolderCodeList: values of a Slot are alternatives, Slots are joined by AND")
    func findsByCode() async throws {
        try await RegistryBench.with { bench in
            let (a, b, both) = (Self.folder(codes: ["A"]), Self.folder(codes: ["B"]), Self.folder(codes: ["A", "B"]))
            for folder in [a, b, both] { try await bench.accept(folder.sample) }
            let (parameter, query) = ("$XDSFolderCodeList", SampleQuery.findFolders())
            let (first, second) = (CodedValue.test("A").literal, CodedValue.test("B").literal)
            #expect(Set(try await bench.found(query.with(parameter, "(\(first))"))) == [a.id, both.id])
            #expect(
                Set(try await bench.found(query.with(parameter, "(\(first),\(second))"))) == [a.id, b.id, both.id])
            #expect(
                try await bench.found(query.adding(parameter, "(\(first))").adding(parameter, "(\(second))")) == [
                    both.id
                ])
        }
    }

    @Test("$XDSFolderLastUpdateTime: from is included, to is not")
    func findsByTime() async throws {
        try await RegistryBench.with { bench in
            let times = ["20040101000000", "20041224000000"]
            let folders = [Self.folder(), Self.folder()]
            for (folder, time) in zip(folders, times) {
                try await bench.accept(folder.sample)
                _ = try await bench.client.query(
                    "update folder set last_update_time = \(time) where entry_uuid = \(folder.id)")
            }
            let query = SampleQuery.findFolders()
            let (from, to) = ("$XDSFolderLastUpdateTimeFrom", "$XDSFolderLastUpdateTimeTo")
            #expect(try await bench.found(query.with(from, "20041224")) == [folders[1].id])
            #expect(try await bench.found(query.with(to, "20041224")) == [folders[0].id])
            #expect(try await bench.found(query.with(from, "2004").with(to, "200401")) == [])
            #expect(try await bench.found(query.with(from, "2004").with(to, "2005")).count == 2)
        }
    }
}
