import FoundationEssentials
import PostgresKit
import Testing
import XDSMetadata
import XDSTesting

@testable import XDSRegistry

@Suite("ITI-61 on PostgreSQL")
struct OnDemandTests {
    private func onDemand(uniqueId: String? = nil) -> (sample: SampleSubmission, id: UUID) {
        var sample = SampleMetadata.onDemandSubmission()
        let id = sample.identify()
        if let uniqueId { sample.documentEntry.uniqueId = uniqueId }
        return (sample, id)
    }

    @Test("3.61: an on-demand entry is stored without hash and size, and returned as it was sent")
    func registers() async throws {
        try await RegistryBench.with { bench in
            let (sample, id) = onDemand()
            try await bench.accept(sample, as: .registerOnDemandDocumentEntry)
            let stored = try await bench.entry(id)
            #expect(stored.object.objectType == DocumentEntryType.onDemand.rawValue)
            #expect(stored.object.slots == sample.documentEntry.object.slots)
            #expect(
                try await bench.number(
                    "select count(*) from document_entry where object_type = 'OnDemand' and hash is null and size is null"
                ) == 1)
        }
    }

    @Test("3.61.4.1.3: the uniqueId of another on-demand entry is accepted, the one of a stable document is not")
    func sharesUniqueId() async throws {
        try await RegistryBench.with { bench in
            let stable = SampleSubmission.single()
            try await bench.accept(stable.sample)
            let first = onDemand()
            try await bench.accept(first.sample, as: .registerOnDemandDocumentEntry)
            let second = onDemand(uniqueId: first.sample.documentEntry.uniqueId)
            try await bench.accept(second.sample, as: .registerOnDemandDocumentEntry)
            let refused = try await bench.register(
                onDemand(uniqueId: stable.sample.documentEntry.uniqueId).sample, as: .registerOnDemandDocumentEntry)
            #expect(refused.errors.map(\.code) == [.metadata])
            #expect(refused.errors.first?.context.contains("stable document") == true)
        }
    }

    @Test("IsSnapshotOf: a stable entry points to an on-demand one, which stays Approved; RPLC deprecates it")
    func takesSnapshots() async throws {
        try await RegistryBench.with { bench in
            let original = onDemand()
            try await bench.accept(original.sample, as: .registerOnDemandDocumentEntry)
            try await bench.accept(SampleSubmission.related(.isSnapshotOf, to: original.id).sample)
            #expect(try await bench.status(of: original.id).first == "Approved")
            var newer = onDemand()
            newer.sample.associate(.replace, from: newer.id.urn, to: original.id.urn)
            try await bench.accept(newer.sample, as: .registerOnDemandDocumentEntry)
            #expect(try await bench.status(of: original.id).first == "Deprecated")
        }
    }
}
