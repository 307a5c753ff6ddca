import NIOCore
import Testing
import XDSTesting
import XMLKit

@testable import XDSMetadata

@Suite("ITI-41: documents and their entries")
struct CompletionTests {
    private let repository = SampleMetadata.repositoryUniqueId

    /// Sends the sample over the wire, and completes what arrives with the digests of its documents.
    private func complete(_ sample: SampleSubmission) throws -> (
        submission: UnverifiedSubmission, errors: [RegistryError]
    ) {
        let request = try ProvideAndRegisterDocumentSetRequest(decoding: element(sample.provideAndRegisterRequest()))
        let digests = sample.documents.compactMap { document in document.digest.map { (EntryUUID(document.id), $0) } }
        return request.completing(
            with: Dictionary(digests) { first, _ in first }, repositoryUniqueId: try OID(parsing: repository)
        )
    }

    @Test("3.41.4.1.3: repositoryUniqueId, hash and size are filled in; the result is valid for the registry")
    func completes() throws {
        var sample = SampleMetadata.submission(documents: 2)
        sample.documentEntry.object.setSlot(SlotName.repositoryUniqueId, ["2.999.77"])
        let (submission, errors) = try complete(sample)
        #expect(errors == [])
        #expect(ordered(submission) == ordered(UnverifiedSubmission(objects: sample.completed().objects)))
        _ = try SubmissionValidator(.registerDocumentSet).validate(submission, against: .sample(), at: registrationTime)
    }

    /// The entries with their Slots by name: their order has no meaning.
    private func ordered(_ submission: UnverifiedSubmission) -> [ExtrinsicObject] {
        submission.documentEntries.map { entry in
            var entry = entry
            entry.object.slots.sort { $0.name < $1.name }
            return entry
        }
    }

    @Test("hash and size that a source sends are compared: without case, as a number")
    func comparesLeniently() throws {
        var sample = SampleMetadata.submission()
        let digest = try #require(sample.documents[0].digest)
        sample.documentEntry.object.setSlot(SlotName.hash, [digest.hash.hex.uppercased()])
        sample.documentEntry.object.setSlot(SlotName.size, ["000\(digest.size)"])
        let (submission, errors) = try complete(sample)
        #expect(errors == [])
        #expect(submission.documentEntries[0].object.slot(SlotName.size)?.values == ["000\(digest.size)"])
    }

    @Test("the digest of the samples is SHA-1")
    func digests() {
        let empty = SampleDocument(id: "a", contentID: "a", bytes: [])
        #expect(empty.digest?.hash.hex == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
        let long = SampleDocument(id: "a", contentID: "a", bytes: Array(repeating: UInt8(ascii: "a"), count: 1_000_000))
        #expect(long.digest?.hash.hex == "34aa973cd4c4daa4f61eeb2bdbad27316534016f")
    }

    @Test("one cause, one error: what the repository refuses is not refused again by the registry", arguments: cases)
    func doesNotRepeat(_ rule: RuleCase) throws {
        var sample = SampleMetadata.submission(documents: 2)
        var state = try RegistryState.sample()
        try rule.change(&sample, &state)
        let (submission, errors) = try complete(sample)
        #expect(errors.map(\.code) == [rule.code])
        let refusal = #expect(throws: SubmissionRefusal.self) {
            try SubmissionValidator(.provideAndRegisterDocumentSet).validate(
                submission, against: state, at: registrationTime, findings: errors)
        }
        #expect(refusal?.errors == errors, "\(refusal?.errors.map(\.context) ?? [])")
    }

    @Test("hash and size that were wrong are exchanged for the true ones, which the registry compares")
    func exchangesWrongValues() throws {
        var sample = SampleMetadata.submission()
        let digest = try #require(sample.documents[0].digest)
        sample.documentEntry.object.setSlot(SlotName.hash, [String(repeating: "0", count: 40)])
        sample.documentEntry.object.setSlot(SlotName.size, ["1"])
        let (submission, errors) = try complete(sample)
        #expect(
            errors.map(\.location) == [
                "XDSRepository/DocumentEntry[Document01]/size", "XDSRepository/DocumentEntry[Document01]/hash",
            ])
        #expect(submission.documentEntries[0].object.slot(SlotName.hash)?.values == [digest.hash.hex])
        #expect(submission.documentEntries[0].object.slot(SlotName.size)?.values == [String(digest.size)])
    }

    @Test("one change, one code", arguments: cases)
    func refuses(_ rule: RuleCase) throws {
        var sample = SampleMetadata.submission(documents: 2)
        var state = RegistryState()
        try rule.change(&sample, &state)
        let errors = try complete(sample).errors
        #expect(errors.map(\.code) == [rule.code], "\(errors.map(\.context))")
        #expect(
            errors.allSatisfy { $0.context.contains(rule.context) && $0.location?.hasPrefix("XDSRepository/") == true })
    }

    static let cases: [RuleCase] = [
        RuleCase("an entry without document", .missingDocument, "Document02") { sample, _ in
            sample.documents.removeLast()
        },
        RuleCase("a document without entry", .missingDocumentMetadata, "Document99") { sample, _ in
            sample.documents.append(SampleMetadata.document(id: "Document99", number: 9))
        },
        RuleCase("a document twice", .repositoryMetadata, "more than once") { sample, _ in
            sample.documents.append(sample.documents[0])
        },
        RuleCase("an on-demand entry", .repositoryMetadata, "on-demand") { sample, _ in
            sample.documentEntry.object.objectType = DocumentEntryType.onDemand.rawValue
        },
        RuleCase("a uniqueId twice", .repositoryDuplicateUniqueIdInMessage, "2.999.5") { sample, _ in
            for index in 0..<2 {
                sample.objects.extrinsicObjects[index].object
                    .setIdentifier(EbRIMVocabulary.Scheme.documentEntryUniqueId, "2.999.5")
            }
        },
        RuleCase("another hash", .repositoryMetadata, "hash is not the one") { sample, _ in
            sample.documentEntry.object.setSlot(SlotName.hash, [String(repeating: "0", count: 40)])
        },
        RuleCase("a malformed hash", .repositoryMetadata, "hash is not hexadecimal") { sample, _ in
            sample.documentEntry.object.setSlot(SlotName.hash, ["hash"])
        },
        RuleCase("another size", .repositoryMetadata, "size is not the one") { sample, _ in
            sample.documentEntry.object.setSlot(SlotName.size, ["1"])
        },
        RuleCase("two sizes", .repositoryMetadata, "size has several") { sample, _ in
            sample.documentEntry.object.setSlot(SlotName.size, ["1", "2"])
        },
    ]
}
