import FoundationEssentials
import Testing
import XDSTesting

@testable import XDSMetadata

@Suite("3.42.4.1.3: codes are in the value sets of the affinity domain")
struct CodesAreInValueSetsTests {
    /// The value of each attribute in the samples, with its coding scheme.
    private static let sampled: [(CodedAttribute, code: String, scheme: String, subject: String)] = [
        (.classCode, "REPORTS", "2.999.20.1", "DocumentEntry[Document01]"),
        (.typeCode, "11490-0", "2.16.840.1.113883.6.1", "DocumentEntry[Document01]"),
        (.formatCode, "urn:ihe:iti:xds-sd:pdf:2008", "1.3.6.1.4.1.19376.1.2.3", "DocumentEntry[Document01]"),
        (.practiceSettingCode, "394802001", "2.16.840.1.113883.6.96", "DocumentEntry[Document01]"),
        (.healthcareFacilityTypeCode, "22232009", "2.16.840.1.113883.6.96", "DocumentEntry[Document01]"),
        (.confidentialityCode, "N", "2.16.840.1.113883.5.25", "DocumentEntry[Document01]"),
        (.eventCodeList, "CT", "1.2.840.10008.2.16.4", "DocumentEntry[Document01]"),
        (.languageCode, "nl-NL", "urn:ietf:bcp:47", "DocumentEntry[Document01]"),
        (.mimeType, "application/pdf", "urn:ietf:bcp:13", "DocumentEntry[Document01]"),
        (.contentTypeCode, "Ontslag", "2.999.20.9", "SubmissionSet[SubmissionSet01]"),
        (.codeList, "OPNAME", "2.999.20.8", "Folder[Folder01]"),
    ]

    private func sample() -> SampleSubmission {
        var sample = SampleMetadata.submission(folders: 1).completed()
        sample.documentEntry.object.classifications.append(
            SampleMetadata.code(
                "CT", "1.2.840.10008.2.16.4", "CT", EbRIMVocabulary.Scheme.eventCodeList, of: "Document01"))
        return sample
    }

    private func set(_ code: String, _ scheme: String) -> ValueSet {
        var set = ValueSet(name: "van de regio")
        set.insert(code, codingSchemes: [scheme])
        return set
    }

    private func validate(_ bindings: ValueSetBindings, _ sample: SampleSubmission) throws -> ValidatedSubmission {
        try SubmissionValidator(.registerDocumentSet, valueSets: bindings).validate(
            sample.unverified, against: try .sample(), at: registrationTime)
    }

    @Test("every code of the sample is accepted if all sets hold it, and nothing is said")
    func accepts() throws {
        var bindings = ValueSetBindings()
        for (attribute, code, scheme, _) in Self.sampled {
            bindings.bind(attribute, to: set(code, scheme), mode: .reject)
        }
        #expect(bindings.attributes == Set(CodedAttribute.allCases), "the sample has a value of every attribute")
        #expect(try validate(bindings, sample()).warnings == [])
    }

    @Test("reject: an error names object, attribute, code and coding scheme", arguments: CodedAttribute.allCases)
    func rejects(_ attribute: CodedAttribute) throws {
        let (_, code, scheme, subject) = try #require(Self.sampled.first { $0.0 == attribute })
        var bindings = ValueSetBindings()
        bindings.bind(attribute, to: set("other", scheme), mode: .reject)
        let refusal = #expect(throws: SubmissionRefusal.self) { try validate(bindings, sample()) }
        let error = try #require(refusal?.errors.first)
        #expect(refusal?.errors.count == 1 && error.code == .metadata && error.severity == .error)
        #expect(error.context.contains("\(attribute.rawValue) \(code)") && error.context.contains("van de regio"))
        if attribute.scheme != nil { #expect(error.context.contains("coding scheme \(scheme)")) }
        #expect(error.location == "XDSRegistry/\(subject)/\(attribute.rawValue)")
    }

    @Test("the coding scheme counts, the display name does not")
    func comparesScheme() throws {
        var bindings = ValueSetBindings()
        bindings.bind(.classCode, to: set("REPORTS", "2.999.20.2"), mode: .reject)
        #expect(throws: SubmissionRefusal.self) { try validate(bindings, sample()) }
        bindings.bind(.classCode, to: set("REPORTS", "2.999.20.1"), mode: .reject)
        var renamed = sample()
        renamed.documentEntry.object.classifications[1].object.name = InternationalString("Iets anders")
        #expect(try validate(bindings, renamed).warnings == [])
    }

    @Test("warn: registered with a warning for every code outside; off: nothing")
    func warns() throws {
        var bindings = ValueSetBindings()
        bindings.bind(.confidentialityCode, to: set("R", "2.16.840.1.113883.5.25"), mode: .warn)
        bindings.bind(.typeCode, to: set("x", "y"), mode: .off)
        let warnings = try validate(bindings, sample()).warnings
        #expect(warnings.map(\.severity) == [.warning])
        #expect(warnings.first?.code == .metadata)
        #expect(warnings.first?.location == "XDSRegistry/DocumentEntry[Document01]/confidentialityCode")
        let response = RegistryResponse(errors: warnings)
        #expect(response.status == .success, "4.2.4.1: a Success may have warnings")
    }

    @Test("a refusal tells the warnings too; a code that is missing or malformed has its own error alone")
    func keepsRulesApart() throws {
        var bindings = ValueSetBindings()
        bindings.bind(.confidentialityCode, to: set("R", "2.16.840.1.113883.5.25"), mode: .warn)
        bindings.bind(.classCode, to: set("x", "y"), mode: .reject)
        var sample = sample()
        sample.documentEntry.object.classifications[1].object.slots = []
        let errors = #expect(throws: SubmissionRefusal.self) { try validate(bindings, sample) }?.errors ?? []
        #expect(errors.map(\.severity) == [.error, .warning])
        #expect(errors.first?.context.contains("exactly one codingScheme") == true)
    }

    @Test("a media type is compared without its parameters")
    func ignoresParameters() throws {
        var bindings = ValueSetBindings()
        bindings.bind(.mimeType, to: set("text/xml", "urn:ietf:bcp:13"), mode: .reject)
        var sample = sample()
        sample.documentEntry.mimeType = "text/xml; charset=UTF-8"
        #expect(try validate(bindings, sample).warnings == [])
    }
}
