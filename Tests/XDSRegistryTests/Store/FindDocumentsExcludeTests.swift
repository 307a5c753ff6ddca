import FoundationEssentials
import Testing
import XDSMetadata
import XDSTesting

@testable import XDSRegistry

@Suite("FindDocumentsExclude on PostgreSQL")
struct FindDocumentsExcludeTests {
    private typealias Scheme = EbRIMVocabulary.Scheme

    @Test(
        "CP-ITI-1323: entries with a listed code are left out",
        arguments: [
            ("ClassCode", Scheme.classCode), ("TypeCode", Scheme.typeCode),
            ("PracticeSettingCode", Scheme.practiceSettingCode),
            ("HealthcareFacilityTypeCode", Scheme.healthcareFacilityTypeCode), ("FormatCode", Scheme.formatCode),
            ("EventCodeList", Scheme.eventCodeList), ("ConfidentialityCode", Scheme.confidentialityCode),
        ])
    func leavesOutCodes(_ name: String, _ scheme: String) async throws {
        try await RegistryBench.with { bench in
            let codes = ["A", "B", "C"].map { CodedValue.test($0) }
            let entries = codes.map { code in SampleSubmission.single { $0.setCodes(scheme, [code]) } }
            for entry in entries { try await bench.accept(entry.sample) }
            let query = SampleQuery.findDocuments(.findDocumentsExclude)
            #expect(try await bench.find(query) == Set(entries.map(\.id)))
            let parameter = "$XDSDocumentEntry\(name)Exclude"
            #expect(
                try await bench.find(query.with(parameter, "(\(codes[0].literal))")) == [entries[1].id, entries[2].id])
            #expect(
                try await bench.find(query.with(parameter, "(\(codes[0].literal),\(codes[1].literal))")) == [
                    entries[2].id
                ])
            let otherScheme = CodedValue.test("A", scheme: "2.999.78").literal
            #expect(try await bench.find(query.with(parameter, "(\(otherScheme))")) == Set(entries.map(\.id)))
            #expect(
                try await bench.find(query.with("$XDSDocumentEntry\(name)", "(\(codes[0].literal))")) == [
                    entries[0].id
                ],
                "the base limits as ever")
        }
    }

    @Test("an entry with one listed value among others is left out; entries without any value stay")
    func leavesOutOneOfMany() async throws {
        try await RegistryBench.with { bench in
            let (a, b) = (CodedValue.test("A"), CodedValue.test("B"))
            let both = SampleSubmission.single { $0.setCodes(Scheme.eventCodeList, [a, b]) }
            let one = SampleSubmission.single { $0.setCodes(Scheme.eventCodeList, [b]) }
            let none = SampleSubmission.single()
            for entry in [both, one, none] { try await bench.accept(entry.sample) }
            let query = SampleQuery.findDocuments(.findDocumentsExclude)
            let parameter = "$XDSDocumentEntryEventCodeListExclude"
            #expect(try await bench.find(query.with(parameter, "(\(a.literal))")) == [one.id, none.id])
            #expect(
                try await bench.find(query.adding(parameter, "(\(a.literal))").adding(parameter, "(\(b.literal))")) == [
                    none.id
                ], "a second Slot adds to the list")
        }
    }

    @Test("authors and reference ids are left out by pattern")
    func leavesOutPatterns() async throws {
        try await RegistryBench.with { bench in
            let reference = "R-1^^^&2.999.5&ISO^urn:ihe:iti:xds:2013:order"
            let vries = SampleSubmission.single { $0.setAuthors(["^Vries^A"]) }
            let two = SampleSubmission.single { $0.setAuthors(["^Bos^B", "^Vries^C"]) }
            let referred = SampleSubmission.single {
                $0.setAuthors([])
                $0.object.setSlot(SlotName.referenceIdList, [reference])
            }
            for entry in [vries, two, referred] { try await bench.accept(entry.sample) }
            let query = SampleQuery.findDocuments(.findDocumentsExclude)
            let author = "$XDSDocumentEntryAuthorPersonExclude"
            #expect(try await bench.find(query.with(author, "('%Vries%')")) == [referred.id])
            #expect(try await bench.find(query.with(author, "('^Vries^A')")) == [two.id, referred.id])
            let id = "$XDSDocumentEntryReferenceIdListExclude"
            #expect(try await bench.find(query.with(id, "('R-1^%')")) == [vries.id, two.id])
            #expect(try await bench.find(query.with(id, "('\(reference)')")) == [vries.id, two.id])
            #expect(
                try await bench.find(query.with("$XDSDocumentEntryReferenceIdList", "('R-1^%')")) == [referred.id])
        }
    }

    @Test("kinds are left out; all others are found then")
    func leavesOutTypes() async throws {
        try await RegistryBench.with { bench in
            let stable = SampleSubmission.single()
            var onDemand = SampleMetadata.onDemandSubmission()
            let id = onDemand.identify()
            try await bench.accept(stable.sample)
            try await bench.accept(onDemand, as: .registerOnDemandDocumentEntry)
            let query = SampleQuery.findDocuments(.findDocumentsExclude)
            let parameter = "$XDSDocumentEntryTypeExclude"
            let types = DocumentEntryType.allCases.map(\.rawValue)
            #expect(try await bench.find(query) == [stable.id])
            #expect(
                try await bench.find(query.with(parameter, SampleQuery.list([DocumentEntryType.stable.rawValue]))) == [
                    id
                ])
            #expect(
                try await bench.find(query.with(parameter, SampleQuery.list([DocumentEntryType.onDemand.rawValue])))
                    == [
                        stable.id
                    ])
            #expect(try await bench.find(query.with(parameter, SampleQuery.list(types))) == [])
        }
    }
}
