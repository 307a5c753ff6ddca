import FoundationEssentials
import PostgresKit
import Testing
import XDSMetadata
import XDSTesting

@testable import XDSRegistry

@Suite("Updates and removals at the same time")
struct UpdateConcurrencyTests {
    private static func atOnce(
        _ bodies: [@Sendable () async throws -> RegistryResponse]
    ) async throws -> [RegistryResponse] {
        try await withThrowingTaskGroup(of: (Int, RegistryResponse).self) { group in
            for (index, body) in bodies.enumerated() { group.addTask { (index, try await body()) } }
            return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    @Test("of updates of one version exactly one wins, the others get XDSMetadataVersionError")
    func updatesOnce() async throws {
        try await RegistryBench.with { bench in
            let filed = try await bench.registerFiled()
            for version in 1...3 {
                let contenders = (0..<6).map { _ in
                    var sample = SampleMetadata.update()
                    sample.update(filed.entry, logicalID: filed.document, previousVersion: version)
                    return sample
                }
                let responses = try await Self.atOnce(contenders.map { sample in { try await bench.update(sample) } })
                #expect(responses.count { $0.status == .success } == 1)
                #expect(Set(responses.flatMap(\.errors).map(\.code)) == [.metadataVersion])
                let latest = try await bench.number(
                    "select count(*) from document_entry where logical_id = \(filed.document) and latest")
                #expect(latest == 1)
            }
        }
    }

    @Test("a document and its Folder updated at once stay linked in their latest versions")
    func updatesLinkedObjects() async throws {
        try await RegistryBench.with { bench in
            let filed = try await bench.registerFiled()
            for version in 1...4 {
                var document = SampleMetadata.update()
                document.update(filed.entry, logicalID: filed.document, previousVersion: version)
                var folder = SampleMetadata.update()
                folder.update(filed.package, logicalID: filed.folder, previousVersion: version)
                let both = [document, folder]
                let responses = try await Self.atOnce(both.map { sample in { try await bench.update(sample) } })
                #expect(responses.flatMap(\.errors) == [])
                let links = try await bench.links(
                    bench.latest(of: filed.folder, in: "folder"), bench.latest(of: filed.document))
                #expect(links == 1)
                #expect(
                    try await bench.number(
                        """
                        select count(*) from association a join folder f on f.entry_uuid = a.source_object
                        where a.status = 'Approved'
                        """) == 1)
            }
        }
    }

    @Test("a document put into a Folder while the Folder is updated is in its new version, or refused")
    func filesDuringUpdate() async throws {
        try await RegistryBench.with { bench in
            let filed = try await bench.registerFiled()
            for version in 1...4 {
                let folder = try await bench.latest(of: filed.folder, in: "folder")
                var sample = SampleMetadata.submission()
                let document = sample.identify()
                sample.link(folder: folder.urn, documentEntry: document.urn)
                var update = SampleMetadata.update()
                update.update(filed.package, logicalID: filed.folder, previousVersion: version)
                let (registration, change) = (sample, update)
                let responses = try await Self.atOnce([
                    { try await bench.register(registration) }, { try await bench.update(change) },
                ])
                #expect(responses[1].status == .success)
                let isIn = try await bench.links(bench.latest(of: filed.folder, in: "folder"), document) == 1
                #expect(isIn == (responses[0].status == .success))
            }
        }
    }

    @Test("a removal and a registration that refers to the document: never a reference to nothing")
    func removesDuringRegistration() async throws {
        try await RegistryBench.with { bench in
            for _ in 0..<6 {
                let single = SampleSubmission.single()
                try await bench.accept(single.sample)
                let set = try await bench.client.query(
                    "select submission_set from document_entry where entry_uuid = \(single.id)"
                ).decode(UUID.self, row: 0, column: 0)
                let ids = [single.id, set] + (try await bench.associations(of: single.id))
                let addendum = SampleSubmission.related(.append, to: single.id).sample
                let responses = try await Self.atOnce([
                    { try await bench.register(addendum) }, { try await bench.remove(ids) },
                ])
                #expect(responses.count { $0.status == .success } == 1)
                #expect(
                    Set(responses.flatMap(\.errors).map(\.code))
                        .isSubset(of: [.unresolvedReference, .referencesExist, .unreferencedObject]))
            }
            let dangling = try await bench.number(
                """
                select count(*) from association a where not exists (
                    select from document_entry e where e.entry_uuid = a.target_object)
                """)
            #expect(dangling == 0)
        }
    }

    @Test("both relationships of a document removed at once: it keeps one if it would be left alone")
    func removesLastLinksOnce() async throws {
        try await RegistryBench.with { bench in
            for _ in 0..<4 {
                let (one, other, leaf) = (UUID(), UUID(), UUID())
                let row: @Sendable (UUID, UUID) -> PostgresQuery = { id, source in
                    """
                    insert into association (entry_uuid, association_type, source_object, target_object, status,
                        submission_set, fragment)
                    values (\(id), 'urn:test', \(source), \(leaf), 'Approved', \(source), '')
                    """
                }
                let single = SampleSubmission.single()
                try await bench.accept(single.sample)
                _ = try await bench.client.query(row(one, single.id))
                _ = try await bench.client.query(row(other, single.id))
                _ = try await bench.client.query(
                    """
                    insert into association (entry_uuid, association_type, source_object, target_object, status,
                        submission_set, fragment)
                    values (\(leaf), 'urn:test', \(single.id), \(single.id), 'Approved', \(single.id), '')
                    """)
                let responses = try await Self.atOnce([
                    { try await bench.remove([one], caller: RegistryBench.caller) },
                    { try await bench.remove([other], caller: RegistryBench.caller) },
                ])
                #expect(responses.count { $0.status == .success } == 1)
                #expect(responses.flatMap(\.errors).map(\.code) == [.unreferencedObject])
            }
        }
    }
}
