import FoundationEssentials
import PostgresKit
import Testing
import XDSMetadata
import XDSTesting

@testable import XDSRegistry

@Suite("Submissions at the same time")
struct ConcurrencyTests {
    private static let contenders = 8
    private static let rounds = 4

    /// Registers all at once and gives the answers.
    private static func registerAtOnce(
        _ samples: [SampleSubmission], _ bench: RegistryBench
    ) async throws -> [RegistryResponse] {
        try await withThrowingTaskGroup(of: RegistryResponse.self) { group in
            for sample in samples { group.addTask { try await bench.register(sample) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test("of replacements of one document exactly one wins, the others find it Deprecated")
    func replacesOnce() async throws {
        try await RegistryBench.with { bench in
            for _ in 0..<Self.rounds {
                let old = SampleSubmission.single()
                try await bench.accept(old.sample)
                let contenders = (0..<Self.contenders).map { _ in SampleSubmission.related(.replace, to: old.id) }
                let responses = try await Self.registerAtOnce(contenders.map(\.sample), bench)
                #expect(responses.count { $0.status == .success } == 1)
                let codes = responses.flatMap(\.errors).map(\.code)
                #expect(codes == Array(repeating: .deprecatedDocument, count: Self.contenders - 1))
                let replacing = try await bench.number(
                    "select count(*) from association where target_object = \(old.id) and association_type like '%RPLC'"
                )
                #expect(replacing == 1)
                #expect(try await bench.find(.entries(contenders.map(\.id))).count == 1)
            }
        }
    }

    @Test("of submissions with one SubmissionSet.uniqueId exactly one wins")
    func registersSetOnce() async throws {
        try await RegistryBench.with { bench in
            for round in 1...Self.rounds {
                let uniqueId = SampleMetadata.uniqueId()
                let samples = (0..<Self.contenders).map { _ in
                    var sample = SampleMetadata.submission()
                    sample.submissionSet.object.setIdentifier(EbRIMVocabulary.Scheme.submissionSetUniqueId, uniqueId)
                    return sample
                }
                let responses = try await Self.registerAtOnce(samples, bench)
                #expect(responses.count { $0.status == .success } == 1)
                let codes = responses.flatMap(\.errors).map(\.code)
                #expect(codes == Array(repeating: .duplicateUniqueIdInRegistry, count: Self.contenders - 1))
                #expect(try await bench.rowCounts()["submission_set"] == Int64(round))
                #expect(try await bench.rowCounts()["document_entry"] == Int64(round))
            }
        }
    }

    @Test("one Folder.uniqueId, also beside a SubmissionSet.uniqueId, is given once")
    func registersFolderOnce() async throws {
        try await RegistryBench.with { bench in
            let uniqueId = SampleMetadata.uniqueId()
            let samples = (0..<Self.contenders).map { number in
                var sample = SampleMetadata.submission(documents: 0, folders: 1)
                if number.isMultiple(of: 2) {
                    sample.folder.object.setIdentifier(EbRIMVocabulary.Scheme.folderUniqueId, uniqueId)
                } else {
                    sample.submissionSet.object.setIdentifier(EbRIMVocabulary.Scheme.submissionSetUniqueId, uniqueId)
                }
                return sample
            }
            let responses = try await Self.registerAtOnce(samples, bench)
            #expect(responses.count { $0.status == .success } == 1)
            #expect(Set(responses.flatMap(\.errors).map(\.code)) == [.duplicateUniqueIdInRegistry])
        }
    }

    @Test("documents with one uniqueId: identical ones are all accepted, of different ones exactly one")
    func comparesDocuments() async throws {
        try await RegistryBench.with { bench in
            let model = SampleMetadata.submission()
            func contenders(_ change: (inout SampleSubmission, Int) -> Void) -> [SampleSubmission] {
                let uniqueId = SampleMetadata.uniqueId()
                return (0..<Self.contenders).map { number in
                    var sample = SampleMetadata.submission()
                    sample.documentEntry.uniqueId = uniqueId
                    sample.documents[0].bytes = model.documents[0].bytes
                    change(&sample, number)
                    return sample
                }
            }
            let identical = try await Self.registerAtOnce(contenders { _, _ in }, bench)
            #expect(identical.allSatisfy { $0.status == .success })
            let different = try await Self.registerAtOnce(contenders { $0.documents[0].bytes += [UInt8($1)] }, bench)
            #expect(different.count { $0.status == .success } == 1)
            #expect(Set(different.flatMap(\.errors).map(\.code)) == [.nonIdenticalHash])
        }
    }

    @Test("an addendum and a replacement of its document at once: never an Approved addendum to a Deprecated document")
    func keepsAddendumWithParent() async throws {
        try await RegistryBench.with { bench in
            for _ in 0..<(Self.rounds * 2) {
                let parent = SampleSubmission.single()
                try await bench.accept(parent.sample)
                let addenda = (0..<4).map { _ in SampleSubmission.related(.append, to: parent.id) }
                let replacement = SampleSubmission.related(.replace, to: parent.id)
                let responses = try await Self.registerAtOnce(
                    addenda.prefix(2).map(\.sample) + [replacement.sample] + addenda.suffix(2).map(\.sample), bench)
                #expect(Set(responses.flatMap(\.errors).map(\.code)).subtracting([.deprecatedDocument]).isEmpty)
                #expect(try await bench.status(of: parent.id).first == "Deprecated")
                let alive = try await bench.number(
                    """
                    select count(*) from association a join document_entry e on e.entry_uuid = a.source_object
                    where a.target_object = \(parent.id) and a.association_type like '%APND' and e.status = 'Approved'
                    """)
                #expect(alive == 0)
            }
        }
    }

    @Test("many submissions of one patient and folder do not hinder one another")
    func registersAtOnce() async throws {
        try await RegistryBench.with { bench in
            var first = SampleMetadata.submission(documents: 0, folders: 1)
            let folder = first.identifyFolder()
            try await bench.accept(first)
            let samples = (0..<24).map { _ in
                var sample = SampleMetadata.submission()
                let id = sample.identify()
                sample.link(folder: folder.urn, documentEntry: id.urn)
                return sample
            }
            let responses = try await Self.registerAtOnce(samples, bench)
            #expect(responses.allSatisfy { $0.status == .success })
            #expect(try await bench.number("select count(*) from association where source_object = \(folder)") == 24)
        }
    }
}
