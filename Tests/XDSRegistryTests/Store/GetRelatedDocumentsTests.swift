import FoundationEssentials
import PostgresKit
import Testing
import XDSMetadata
import XDSTesting

@testable import XDSRegistry

@Suite("GetRelatedDocuments on PostgreSQL")
struct GetRelatedDocumentsTests {
    @Test(
        "3.18.4.1.2.3.7.13: relationships of the listed types from either end, and both documents",
        arguments: [AssociationType.replace, .append, .transform, .transformAndReplace, .signs])
    func getsRelated(_ type: AssociationType) async throws {
        try await RegistryBench.with { bench in
            let target = SampleSubmission.single()
            try await bench.accept(target.sample)
            let source = SampleSubmission.related(type, to: target.id)
            try await bench.accept(source.sample)
            let relation = try await bench.association(from: source.id, to: target.id)
            let both = [target.id, source.id, relation]
            #expect(try await bench.found(.getRelatedDocuments(target.id, [type])) == both)
            #expect(try await bench.found(.getRelatedDocuments(source.id, [type, .isSnapshotOf])) == both)
            let uniqueId = source.sample.documentEntry.uniqueId
            let byUniqueId = SampleQuery.of(
                .getRelatedDocuments,
                [
                    "$XDSDocumentEntryUniqueId": SampleQuery.literal(uniqueId),
                    "$AssociationTypes": SampleQuery.list([type.rawValue]),
                ])
            #expect(try await bench.found(byUniqueId) == both)
            let others = AssociationType.allCases.filter { $0 != type }
            #expect(try await bench.found(.getRelatedDocuments(target.id, others)) == [], "and memberships never")
        }
    }

    @Test("nothing at all without a relationship, for an unknown document, and for unknown types")
    func getsNothing() async throws {
        try await RegistryBench.with { bench in
            let scene = try await bench.scene()
            let types = AssociationType.allCases
            #expect(try await bench.found(.getRelatedDocuments(scene.documents[0], types)) == [])
            #expect(try await bench.found(.getRelatedDocuments(UUID(), types)) == [])
            let unknown = SampleQuery.getRelatedDocuments(scene.documents[0], []).with("$AssociationTypes", "('RPLC')")
            #expect(try await bench.found(unknown) == [])
        }
    }

    @Test("several relationships: each document once; documents further away are left out")
    func getsNeighbours() async throws {
        try await RegistryBench.with { bench in
            let root = SampleSubmission.single()
            try await bench.accept(root.sample)
            let (first, second) = (
                SampleSubmission.related(.append, to: root.id), SampleSubmission.related(.transform, to: root.id)
            )
            for document in [first, second] { try await bench.accept(document.sample) }
            let far = SampleSubmission.related(.append, to: first.id)
            try await bench.accept(far.sample)
            let found = try await bench.found(.getRelatedDocuments(root.id, [.append, .transform]))
            #expect(found.prefix(3) == [root.id, first.id, second.id], "in the order of registration")
            #expect(found.count == 5)
            #expect(try await bench.found(.getRelatedDocuments(first.id, [.append])).count == 5)
        }
    }

    @Test("$XDSDocumentEntryType: the entries at both ends have to be of a listed kind")
    func getsByType() async throws {
        try await RegistryBench.with { bench in
            var onDemand = SampleMetadata.onDemandSubmission()
            let target = onDemand.identify()
            try await bench.accept(onDemand, as: .registerOnDemandDocumentEntry)
            let snapshot = SampleSubmission.related(.isSnapshotOf, to: target)
            try await bench.accept(snapshot.sample)
            let relation = try await bench.association(from: snapshot.id, to: target)
            let query = SampleQuery.getRelatedDocuments(snapshot.id, [.isSnapshotOf])
            let both = SampleQuery.list(DocumentEntryType.allCases.map(\.rawValue))
            #expect(try await bench.found(query) == [], "stable ones by default")
            #expect(
                try await bench.found(query.with("$XDSDocumentEntryType", both)) == [target, snapshot.id, relation])
        }
    }

    @Test("$XDSAssociationStatus and $MetadataLevel: Approved relationships of latest versions by default")
    func getsByStatusAndLevel() async throws {
        try await RegistryBench.with { bench in
            let target = SampleSubmission.single()
            try await bench.accept(target.sample)
            let source = SampleSubmission.related(.append, to: target.id)
            try await bench.accept(source.sample)
            let relation = try await bench.association(from: source.id, to: target.id)
            let query = SampleQuery.getRelatedDocuments(target.id, [.append])
            let all = [target.id, source.id, relation]
            try await bench.setStatus(.deprecated, ofAssociation: relation)
            #expect(try await bench.found(query) == [])
            let deprecated = query.with(
                "$XDSAssociationStatus", SampleQuery.list([AvailabilityStatus.deprecated.rawValue]))
            #expect(try await bench.found(deprecated) == all)
            let latest = SampleSubmission.single()
            try await bench.accept(latest.sample)
            try await bench.makeFormer(source.id, of: latest.id)
            #expect(try await bench.found(deprecated) == [], "one end is hidden")
            #expect(try await bench.found(deprecated.with("$MetadataLevel", "2")) == all)
        }
    }
}
