import FoundationEssentials
import Testing
import XDSMetadata
import XDSTesting

@testable import XDSRegistry

@Suite("FindDocumentsByReferenceId on PostgreSQL")
struct FindDocumentsByReferenceIdTests {
    private static let parameter = "$XDSDocumentEntryReferenceIdList"
    private static let order = "R-1^^^&2.999.5&ISO^urn:ihe:iti:xds:2013:order"
    private static let accession = "R-2^^^&2.999.5&ISO^urn:ihe:iti:xds:2013:accession"

    private static func document(
        _ ids: [String], patientId: String = SampleMetadata.patientId
    ) -> (sample: SampleSubmission, id: UUID) {
        SampleSubmission.single(patientId: patientId) {
            if !ids.isEmpty { $0.object.setSlot(SlotName.referenceIdList, ids) }
        }
    }

    @Test("3.18.4.1.2.3.7.14: a value matches the whole CXi text, exactly or as a pattern")
    func matchesWholeText() async throws {
        try await RegistryBench.with { bench in
            let (first, second) = (Self.document([Self.order]), Self.document([Self.accession]))
            let (both, none) = (Self.document([Self.order, Self.accession]), Self.document([]))
            for document in [first, second, both, none] { try await bench.accept(document.sample) }
            func found(_ values: String...) async throws -> Set<UUID> {
                let query = SampleQuery.findDocuments(.findDocumentsByReferenceId)
                return try await bench.find(values.reduce(query) { $0.adding(Self.parameter, $1) })
            }
            #expect(try await found("('\(Self.order)')") == [first.id, both.id])
            #expect(try await found("('R-1')") == [], "not a part of it")
            #expect(try await found("('R-1^%')") == [first.id, both.id])
            #expect(try await found("('R-_^^^&2.999.5&ISO^%:accession')") == [second.id, both.id])
            #expect(try await found("('%')") == [first.id, second.id, both.id], "a list without values fits nothing")
            #expect(try await found("('r-1^%')") == [], "case counts")
            #expect(try await found("('\(Self.order)','\(Self.accession)')") == [first.id, second.id, both.id])
            #expect(try await found("('R-1^%','none')") == [first.id, both.id])
            #expect(try await found("('\(Self.order)')", "('\(Self.accession)')") == [both.id], "Slots: AND")
            #expect(try await found("('\(Self.order)')", "('R-2^%')") == [both.id])
        }
    }

    @Test("the parameters of FindDocuments limit it as well")
    func limitsFurther() async throws {
        try await RegistryBench.with { bench in
            let mine = Self.document([Self.order])
            let other = Self.document([Self.order], patientId: SampleMetadata.otherPatientId)
            for document in [mine, other] { try await bench.accept(document.sample) }
            let query = SampleQuery.findDocuments(.findDocumentsByReferenceId)
                .with(Self.parameter, "('\(Self.order)')")
            #expect(try await bench.find(query) == [mine.id])
            #expect(try await bench.find(query.with("$XDSDocumentEntryClassCode", "('x^^1')")) == [])
            #expect(try await bench.find(query.with("$XDSDocumentEntryCreationTimeTo", "1999")) == [])
        }
    }
}
