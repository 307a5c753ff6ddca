import FoundationEssentials
import Testing
import XDSTesting

@testable import XDSMetadata

@Suite("ITI-61: on-demand DocumentEntries")
struct OnDemandTests {
    private typealias Scheme = EbRIMVocabulary.Scheme

    private func errors(_ sample: SampleSubmission, _ state: RegistryState) -> [RegistryError] {
        do throws(SubmissionRefusal) {
            _ = try SubmissionValidator(.registerOnDemandDocumentEntry)
                .validate(sample.unverified, against: state, at: registrationTime)
            return []
        } catch {
            return error.errors
        }
    }

    @Test("3.61.4.1.2: an entry without creationTime, hash and size is registered, and stays on-demand")
    func registers() throws {
        let result = try SubmissionValidator(.registerOnDemandDocumentEntry).validate(
            SampleMetadata.onDemandSubmission().unverified, against: try .sample(), at: registrationTime)
        let entry = try #require(result.documentEntries.first?.object)
        #expect(entry.objectType == .onDemand)
        #expect(entry.content == nil && entry.times.creationTime == nil)
        #expect(entry.availabilityStatus == .approved && entry.version == 1)
    }

    @Test("3.61.4.1.3: the uniqueId of another on-demand entry is accepted")
    func acceptsKnownOnDemandUniqueId() throws {
        // RegistryState.documents knows stable entries alone.
        var state = try RegistryState.sample()
        _ = try state.addDocumentEntry(type: .onDemand)
        #expect(errors(SampleMetadata.onDemandSubmission(), state) == [])
    }

    @Test("one change, one code", arguments: cases)
    func refuses(_ rule: RuleCase) throws {
        var sample = SampleMetadata.onDemandSubmission()
        var state = try RegistryState.sample()
        try rule.change(&sample, &state)
        let errors = errors(sample, state)
        #expect(errors.map(\.code) == [rule.code], "\(errors.map(\.context))")
        #expect(errors.allSatisfy { $0.context.contains(rule.context) }, "\(errors.map(\.context))")
    }

    private static func forbidden(_ name: String, _ value: String) -> RuleCase {
        RuleCase(name, .metadata, "\(name) is not allowed on an on-demand entry") { sample, _ in
            sample.documentEntry.object.setSlot(name, [value])
        }
    }

    static let cases: [RuleCase] = [
        forbidden(SlotName.creationTime, "20250304101500"),
        forbidden(SlotName.creationTime, "gisteren"),
        forbidden(SlotName.hash, "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        forbidden(SlotName.size, "0"),
        RuleCase("a malformed legalAuthenticator", .metadata, "legalAuthenticator") { sample, _ in
            sample.documentEntry.object.setSlot(SlotName.legalAuthenticator, ["^^Karin"])
        },
        RuleCase("no repositoryUniqueId", .metadata, "repositoryUniqueId is missing") { sample, _ in
            sample.documentEntry.object.removeSlot(SlotName.repositoryUniqueId)
        },
        RuleCase("no classCode", .metadata, "classCode is missing") { sample, _ in
            sample.documentEntry.object.removeClassification(EbRIMVocabulary.Scheme.classCode)
        },
        RuleCase("a stable entry", .metadata, "a stable entry is not registered by this transaction") { sample, _ in
            sample.documentEntry.object.objectType = DocumentEntryType.stable.rawValue
        },
        RuleCase("the uniqueId of a stable document", .metadata, "is the one of a stable document") { sample, state in
            let id = try sample.uniqueId(EbRIMVocabulary.Scheme.documentEntryUniqueId)
            state.documents[id] = [RegistryState.KnownDocument(hash: try .zero(), size: 1)]
        },
        RuleCase("an unknown patient", .unknownPatientId, "is not known") { _, state in state.patients = [:] },
    ]

    @Test("ITI-42 refuses an on-demand entry once, and does not complain of what such an entry lacks or has")
    func refusedByRegister() throws {
        var sample = SampleMetadata.submission().completed()
        sample.documentEntry.object.objectType = DocumentEntryType.onDemand.rawValue
        let errors = registryErrors(sample, try .sample())
        #expect(errors.map(\.location) == ["XDSRegistry/DocumentEntry[Document01]/objectType"])
    }
}
