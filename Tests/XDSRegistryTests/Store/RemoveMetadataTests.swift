import FoundationEssentials
import PostgresKit
import Testing
import XDSMetadata
import XDSTesting

@testable import XDSRegistry

@Suite("ITI-62 on PostgreSQL")
struct RemoveMetadataTests {
    /// Ids of all objects in the registry.
    private static func everything(_ bench: RegistryBench) async throws -> [UUID] {
        try await bench.client.query(
            """
            select entry_uuid from document_entry union all select entry_uuid from folder
            union all select entry_uuid from submission_set union all select entry_uuid from association
            """
        ).map { try $0.decode(UUID.self, column: 0) }
    }

    @Test("3.62.4.1.3: a whole submission is removed; queries no longer see it, and its uniqueIds may be used again")
    func removesSubmission() async throws {
        try await RegistryBench.with { bench in
            var sample = SampleMetadata.submission(folders: 1)
            let document = sample.identify()
            sample.link(folder: sample.identifyFolder().urn, documentEntry: document.urn)
            try await bench.accept(sample)
            #expect(try await bench.remove(Self.everything(bench)).errors == [])
            #expect(try await bench.find(.findDocuments()) == [])
            #expect(try await bench.rowCounts().values.allSatisfy { $0 == 0 })
            try await bench.accept(sample)
        }
    }

    @Test("references from outside, loose ends and unknown ids are refused, and nothing is removed")
    func refuses() async throws {
        try await RegistryBench.with { bench in
            let filed = try await bench.registerFiled()
            let before = try await bench.rowCounts()
            #expect(try await bench.remove([filed.document]).errors.map(\.code) == [.referencesExist])
            let links = try await bench.associations(of: filed.document)
            let loose = try await bench.remove([filed.document] + links)
            #expect(!loose.errors.isEmpty)
            #expect(Set(loose.errors.map(\.code)).isSubset(of: [.referencesExist, .unreferencedObject]))
            #expect(try await bench.remove([UUID(), filed.document]).errors.map(\.code) == [.unresolvedReference])
            let foreign = try await bench.remove(
                try await Self.everything(bench), caller: RegistryBench.caller("huisarts"))
            #expect(Set(foreign.errors.map(\.code)) == [.localPolicyRestriction])
            #expect(try await bench.rowCounts() == before)
        }
    }

    @Test("3.62.4.1.3: a SubmissionSet left empty is XDSUnreferencedObjectException")
    func refusesEmptySet() async throws {
        try await RegistryBench.with { bench in
            let single = SampleSubmission.single()
            try await bench.accept(single.sample)
            let response = try await bench.remove([single.id] + bench.associations(of: single.id))
            #expect(response.errors.map(\.code) == [.unreferencedObject])
            #expect(response.errors.first?.context.contains("SubmissionSet") == true)
        }
    }

    @Test("a relationship goes alone; what its RPLC deprecated stays Deprecated")
    func restoresNothing() async throws {
        try await RegistryBench.with { bench in
            let old = SampleSubmission.single()
            try await bench.accept(old.sample)
            let new = SampleSubmission.related(.replace, to: old.id)
            try await bench.accept(new.sample)
            let relationship = try #require(
                try await bench.client.query(
                    "select entry_uuid from association where source_object = \(new.id)"
                ).map { try $0.decode(UUID.self, column: 0) }.first)
            #expect(try await bench.remove([relationship]).errors == [])
            #expect(try await bench.links(new.id, old.id) == 0)
            #expect(try await bench.version(old.id) == "1 Deprecated latest")
        }
    }

    @Test("when the latest version goes, the one before it is the latest again, with the status it has")
    func leavesLatestVersion() async throws {
        try await RegistryBench.with { bench in
            let single = SampleSubmission.single()
            try await bench.accept(single.sample)
            var sample = SampleMetadata.update()
            sample.update(single.sample.completed().documentEntry, logicalID: single.id)
            #expect(try await bench.update(sample).errors == [])
            let latest = try await bench.latest(of: single.id)
            let links = try await bench.associations(of: latest)
            let set = try await bench.client.query(
                "select submission_set from document_entry where entry_uuid = \(latest)"
            ).decode(UUID.self, row: 0, column: 0)
            #expect(try await bench.remove([latest, set] + links).errors == [])
            #expect(try await bench.version(single.id) == "1 Deprecated latest")
        }
    }

    @Test("ITI-62 through the router: Success, UnresolvedReferenceException for what is gone, XDSRegistryError unread")
    func speaksSOAP() async throws {
        try await RegistryBench.with { bench in
            try await bench.accept(SampleSubmission.single().sample)
            let ids = try await Self.everything(bench).map(\.urn)
            #expect(try await bench.send(.remove(ids)).status == .success)
            let again = try await bench.send(.remove(ids))
            #expect(again.errors.map(\.code) == ids.map { _ in .unresolvedReference })
            #expect(try await bench.send(.remove([])).errors.map(\.code) == [.registryError])
        }
    }
}
