import FoundationEssentials
import PostgresKit
import Testing
import XDSMetadata
import XDSTesting

@testable import XDSRegistry

@Suite("ITI-92 on PostgreSQL")
struct RestrictedUpdateTests {
    @Test("3.92.4.1.3: a new version of the metadata, hash and size included; the Folder follows")
    func updates() async throws {
        try await RegistryBench.with { bench in
            let filed = try await bench.registerFiled()
            var sample = SampleMetadata.update()
            sample.update(filed.entry, logicalID: filed.document)
            sample.documentEntry.object.setSlot(SlotName.size, ["9"])
            #expect(try await bench.update(sample, by: .restrictedUpdateDocumentSet).errors == [])
            let latest = try await bench.latest(of: filed.document)
            #expect(try await bench.version(latest) == "2 Approved latest")
            #expect(try await bench.number("select size from document_entry where entry_uuid = \(latest)") == 9)
            #expect(try await bench.links(filed.folder, latest) == 1)
        }
    }

    @Test("a deprecated document is updated and stays Deprecated, also found without lid by its uniqueId")
    func updatesDeprecated() async throws {
        try await RegistryBench.with { bench in
            let old = SampleSubmission.single()
            try await bench.accept(old.sample)
            try await bench.accept(SampleSubmission.related(.replace, to: old.id).sample)
            var sample = SampleMetadata.update()
            sample.update(old.sample.completed().documentEntry, logicalID: old.id)
            sample.documentEntry.object.lid = nil
            #expect(try await bench.update(sample, by: .restrictedUpdateDocumentSet).errors == [])
            #expect(try await bench.version(bench.latest(of: old.id)) == "2 Deprecated latest")
            #expect(try await bench.version(old.id) == "1 Deprecated")
        }
    }

    @Test("protected attributes and policy are told at once, and nothing changes")
    func refuses() async throws {
        try await RegistryBench.with { bench in
            let filed = try await bench.registerFiled()
            let before = try await bench.rowCounts()
            var sample = SampleMetadata.update()
            sample.update(filed.entry, logicalID: filed.document)
            sample.documentEntry.object.setSlot(SlotName.sourcePatientId, ["P1^^^&2.999.10.1&ISO"])
            let refused = try await bench.update(
                sample, by: .restrictedUpdateDocumentSet, caller: RegistryBench.caller("huisarts"))
            #expect(Set(refused.errors.map(\.code)) == [.unmodifiableMetadata, .localPolicyRestriction])
            #expect(try await bench.rowCounts() == before)
        }
    }

    @Test("ITI-92 through the router: Success, and an older version is XDSMetadataVersionError")
    func speaksSOAP() async throws {
        try await RegistryBench.with { bench in
            let filed = try await bench.registerFiled()
            var sample = SampleMetadata.update()
            sample.update(filed.entry, logicalID: filed.document)
            #expect(try await bench.send(.update(sample, by: .restrictedUpdateDocumentSet)).status == .success)
            let again = try await bench.send(.update(sample.renewed, by: .restrictedUpdateDocumentSet))
            #expect(again.errors.map(\.code) == [.metadataVersion])
        }
    }
}
