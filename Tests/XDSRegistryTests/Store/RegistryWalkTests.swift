import FoundationEssentials
import NIOCore
import PostgresKit
import Testing
import XDSMetadata
import XDSTesting

@testable import XDSRegistry

/// Random registrations, updates and removals, several at once: whatever is accepted or refused, the registry stays whole.
@Suite("A registry after any sequence of changes")
struct RegistryWalkTests {
    @Test("no dangling Association, one latest version of each object, columns and fragments agree", arguments: 1...3)
    func staysWhole(_ seed: UInt64) async throws {
        try await RegistryBench.with { bench in
            var generator = SeededGenerator(seed: seed)
            var codes: Set<RegistryErrorCode> = []
            var accepted = 0
            for _ in 0..<14 {
                let state = try await Walk.state(of: bench)
                let steps = (0..<4).map { _ in state.step(using: &generator) }
                let responses = try await withThrowingTaskGroup(of: RegistryResponse.self) { group in
                    for step in steps { group.addTask { try await step.run(bench) } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                accepted += responses.count { $0.status == .success }
                codes.formUnion(responses.flatMap(\.errors).map(\.code))
                let faults = try await Walk.faults(of: bench)
                #expect(faults == [], "seed \(seed)")
            }
            #expect(accepted > 14, "seed \(seed): \(codes.map(\.rawValue))")
            #expect(!codes.contains(.registryError))
        }
    }
}

/// The moves of a walk and the demands on the registry.
private enum Walk {
    /// What a step may start from.
    struct State {
        let documents: [Version]
        let folders: [Version]
        let associations: [UUID]
        let sets: [UUID]

        func step(using generator: inout SeededGenerator) -> Step {
            let document = documents.randomElement(using: &generator)
            let folder = folders.randomElement(using: &generator)
            guard let document, let folder else { return .register(appendedTo: nil) }
            switch Int.random(in: 0..<10, using: &generator) {
            case 0, 1: return .register(appendedTo: Bool.random(using: &generator) ? document.id : nil)
            case 2, 3, 4:
                return .updateDocument(document, propagates: Int.random(in: 0..<4, using: &generator) > 0)
            case 5: return .updateFolder(folder)
            case 6: return .status(associations.randomElement(using: &generator) ?? document.id, .approved)
            case 7: return .status(document.id, document.status)
            case 8: return .submit(folder: folder.id, document: document.id)
            default:
                let all = associations + sets + documents.map(\.id) + folders.map(\.id)
                return .remove(
                    (0..<Int.random(in: 1...3, using: &generator)).compactMap { _ in
                        all.randomElement(using: &generator)
                    })
            }
        }
    }

    /// A latest version.
    struct Version: Sendable {
        let id: UUID
        let logicalID: UUID
        let number: Int
        let status: AvailabilityStatus
        let fragment: RegistryObjectList
    }

    enum Step: Sendable {
        case register(appendedTo: UUID?)
        case updateDocument(Version, propagates: Bool)
        case updateFolder(Version)
        case status(UUID, AvailabilityStatus)
        case submit(folder: UUID, document: UUID)
        case remove([UUID])

        func run(_ bench: RegistryBench) async throws -> RegistryResponse {
            var sample = SampleMetadata.update()
            switch self {
            case .register(let target):
                var sample = SampleMetadata.submission(documents: 1, folders: 1)
                let document = sample.identify()
                sample.link(folder: sample.identifyFolder().urn, documentEntry: document.urn)
                if let target { sample.associate(.append, from: document.urn, to: target.urn) }
                return try await bench.register(sample)
            case .remove(let ids): return try await bench.remove(ids)
            case .updateDocument(let version, let propagates):
                guard let entry = version.fragment.extrinsicObjects.first else { break }
                sample.update(
                    entry, logicalID: version.logicalID, previousVersion: version.number,
                    propagation: propagates ? "yes" : "no")
            case .updateFolder(let version):
                guard let package = version.fragment.packages.first else { break }
                sample.update(package, logicalID: version.logicalID, previousVersion: version.number)
            case .status(let id, let status):
                sample.changeStatus(of: id, from: status, to: status == .approved ? .deprecated : .approved)
            case .submit(let folder, let document): sample.submit(.hasMember, from: folder, to: document)
            }
            return try await bench.update(sample)
        }
    }

    static func state(of bench: RegistryBench) async throws -> State {
        func ids(_ query: PostgresQuery) async throws -> [UUID] {
            try await bench.client.query(query).map { try $0.decode(UUID.self, column: 0) }
        }
        // In the order of registration, so that a seed gives the same walk as far as its steps do not race.
        return State(
            documents: try await versions("document_entry", bench), folders: try await versions("folder", bench),
            associations: try await ids("select entry_uuid from association order by registered_at, entry_uuid"),
            sets: try await ids("select entry_uuid from submission_set order by registered_at, entry_uuid"))
    }

    private static func versions(_ table: String, _ bench: RegistryBench) async throws -> [Version] {
        try await bench.client.query(
            """
            select entry_uuid, logical_id, version, status::text, fragment from \(unescaped: table) where latest
            order by registered_at, entry_uuid
            """
        ).map { row in
            Version(
                id: try row.decode(UUID.self, column: 0), logicalID: try row.decode(UUID.self, column: 1),
                number: Int(try row.decode(Int32.self, column: 2)),
                status: AvailabilityStatus(label: try row.decode(String.self, column: 3)),
                fragment: try RegistryBench.objects(in: ByteBuffer(string: try row.decode(String.self, column: 4))))
        }
    }

    /// What is wrong with the registry, in words; empty if it is whole.
    static func faults(of bench: RegistryBench) async throws -> [String] {
        let rows = try await bench.client.query(
            """
            with object (id, status, fragment) as (
                select entry_uuid, status, fragment from document_entry
                union all select entry_uuid, status, fragment from folder
                union all select entry_uuid, status, fragment from submission_set
                union all select entry_uuid, status, fragment from association),
            version (logical_id, version, latest, fragment) as (
                select logical_id, version, latest, fragment from document_entry
                union all select logical_id, version, latest, fragment from folder)
            select 'an end does not exist: ' || a.association_type from association a
            where not exists (select from object where id = a.source_object)
                or not exists (select from object where id = a.target_object)
            union all
            select 'an object has no Association' from object o
            where fragment not like '<rim:Association %' and not exists (
                select from association a where a.source_object = o.id or a.target_object = o.id)
            union all
            select 'status of column and fragment differ' from object
            where fragment not like '<rim:% status="urn:oasis:names:tc:ebxml-regrep:StatusType:' || status || '" id="urn:uuid:'
                || id || '"%'
            union all
            select 'not exactly one latest version' from version
            group by logical_id having count(*) filter (where latest) <> 1 or max(version) filter (where latest) <> max(version)
            union all
            select 'version of column and fragment differ' from version
            where fragment not like '%<rim:VersionInfo versionName="' || version || '"%'
                or fragment not like '% lid="urn:uuid:' || logical_id || '"%'
            union all
            select 'a document is twice in a Folder' from association
            where status = 'Approved' and association_type like '%HasMember'
                and source_object in (select entry_uuid from folder)
            group by source_object, target_object having count(*) > 1
            """)
        return try rows.map { try $0.decode(String.self, column: 0) }
    }
}
