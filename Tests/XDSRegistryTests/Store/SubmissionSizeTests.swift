import PostgresKit
import Testing
import XDSMetadata
import XDSTesting

@testable import XDSRegistry

@Suite("Objects of one submission or update")
struct SubmissionSizeTests {
    private struct Reached: Error {}

    /// A registry of the same objects that takes so many at once.
    private static func limited(_ bench: RegistryBench, to maximumObjects: Int) -> RegistryBench {
        let registry = DocumentRegistry(store: bench.store, maximumObjects: maximumObjects) { _, requestID in
            RegistryError(.registryError, requestID)
        }
        return RegistryBench(
            client: bench.client, registry: registry, store: bench.store, remembering: bench.remembering)
    }

    @Test("XDSRegistryOutOfResources: one object too many is refused in words that help, and nothing is stored")
    func refusesTooMany() async throws {
        try await RegistryBench.with { bench in
            let before = try await bench.rowCounts()
            // SubmissionSet, Folder, three DocumentEntries, four HasMembers.
            let sample = SampleMetadata.submission(documents: 3, folders: 1).completed()
            let response = try await Self.limited(bench, to: 8).registry.register(
                sample.unverified, caller: RegistryBench.caller, alongside: { _ in throw Reached() })
            #expect(response.status == .failure)
            #expect(response.errors.map(\.code) == [.registryOutOfResources])
            let error = try #require(response.errors.first)
            #expect(error.location == "XDSRegistry/Submission")
            #expect(error.context.contains("9 objects"))
            #expect(error.context.contains("takes 8 at once"))
            #expect(error.context.contains("split it"))
            #expect(try await bench.rowCounts() == before)
            try await Self.limited(bench, to: 9).accept(sample)
        }
    }

    @Test("the rules are not asked about a submission that is too large; what was found before is told with it")
    func comesFirst() async throws {
        try await RegistryBench.with { bench in
            let finding = RegistryError(.repositoryMetadata, "size is not the one of the document")
            let sample = SampleMetadata.submission(documents: 5, patientId: "unknown^^^&2.999.1&ISO").completed()
            let cases: [(limit: Int, codes: Set<RegistryErrorCode>)] = [
                (10, [.repositoryMetadata, .registryOutOfResources]), (11, [.repositoryMetadata, .unknownPatientId]),
            ]
            for (limit, codes) in cases {
                let response = try await Self.limited(bench, to: limit).registry.register(
                    sample.unverified, findings: [finding], caller: RegistryBench.caller)
                #expect(Set(response.errors.map(\.code)) == codes, "\(limit)")
            }
        }
    }

    @Test("ITI-42 and ITI-61 are answered alike")
    func answersMessages() async throws {
        try await RegistryBench.with { bench in
            let limited = Self.limited(bench, to: 4)
            let sample = SampleMetadata.submission(documents: 2).completed()
            #expect(try await limited.send(.register(sample)).errors.map(\.code) == [.registryOutOfResources])
            #expect(try await limited.send(.register(SampleMetadata.submission().completed())).errors == [])
            let onDemand = SampleMetadata.onDemandSubmission()
            let refused = try await Self.limited(bench, to: 2).register(onDemand, as: .registerOnDemandDocumentEntry)
            #expect(refused.errors.map(\.code) == [.registryOutOfResources])
            try await limited.accept(onDemand, as: .registerOnDemandDocumentEntry)
        }
    }

    @Test(
        "XDSMetadataUpdateError: an update with one object too many changes nothing",
        arguments: [UpdateTransaction.updateDocumentSet, .restrictedUpdateDocumentSet])
    func refusesUpdate(transaction: UpdateTransaction) async throws {
        try await RegistryBench.with { bench in
            let filed = try await bench.registerFiled()
            let before = try await bench.rowCounts()
            var sample = SampleMetadata.update()
            sample.update(filed.entry, logicalID: filed.document)
            let message = SampleMessage.update(sample, by: transaction.id)
            let caller = RegistryBench.caller("ziekenhuis")
            let refused = try await Self.limited(bench, to: 2).send(message, caller: caller)
            #expect(refused.errors.map(\.code) == [.metadataUpdate])
            #expect(refused.errors.first?.context.contains("3 objects") == true)
            #expect(try await bench.rowCounts() == before)
            #expect(try await Self.limited(bench, to: 3).send(message, caller: caller).errors == [])
        }
    }
}
