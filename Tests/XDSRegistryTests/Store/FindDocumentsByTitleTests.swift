import FoundationEssentials
import Testing
import XDSMetadata
import XDSTesting

@testable import XDSRegistry

@Suite("FindDocumentsByTitle on PostgreSQL")
struct FindDocumentsByTitleTests {
    private static func titled(_ title: String?) -> (sample: SampleSubmission, id: UUID) {
        SampleSubmission.single { $0.object.name = title.map { InternationalString($0, language: "nl-NL") } }
    }

    @Test("titles fit patterns, as they were written and not as XML escapes them")
    func findsByTitle() async throws {
        try await RegistryBench.with { bench in
            let (letter, odd, none) = (Self.titled("Ontslagbrief"), Self.titled("Bos & \"Zn\" <a'b>"), Self.titled(nil))
            for entry in [letter, odd, none] { try await bench.accept(entry.sample) }
            func found(_ patterns: String) async throws -> Set<UUID> {
                let query = SampleQuery.findDocuments(.findDocumentsByTitle)
                return try await bench.find(query.with("$XDSDocumentEntryTitle", patterns))
            }
            #expect(try await found("('Ontslagbrief')") == [letter.id])
            #expect(try await found("('Ontslag')") == [])
            #expect(try await found("('Ontslag%')") == [letter.id])
            #expect(try await found("('ontslag%')") == [], "case counts")
            #expect(try await found("('Bos & \"Zn\" <a''b>')") == [odd.id])
            #expect(try await found("('Bos _ %','Ontslag%')") == [letter.id, odd.id])
            #expect(try await found("('%')") == [letter.id, odd.id], "an entry without a title fits nothing")
        }
    }

    @Test("authorInstitution fits a pattern as its whole XON text; both filters are joined by AND")
    func findsByInstitution() async throws {
        try await RegistryBench.with { bench in
            let sample = Self.titled("Ontslagbrief")
            let nobody = SampleSubmission.single { $0.setAuthors([]) }
            for entry in [sample, nobody] { try await bench.accept(entry.sample) }
            let query = SampleQuery.findDocuments(.findDocumentsByTitle)
            let parameter = "$XDSDocumentEntryAuthorInstitution"
            #expect(try await bench.find(query.with(parameter, "('Ziekenhuis Voorbeeld^%')")) == [sample.id])
            #expect(
                try await bench.find(
                    query.with(parameter, "('Ziekenhuis Voorbeeld^^^^^&2.999.41&ISO^^^^00001234')")) == [sample.id])
            #expect(try await bench.find(query.with(parameter, "('Ziekenhuis Voorbeeld')")) == [])
            let both = query.with(parameter, "('Ziekenhuis%')")
            #expect(try await bench.find(both.with("$XDSDocumentEntryTitle", "('Ontslag%')")) == [sample.id])
            #expect(try await bench.find(both.with("$XDSDocumentEntryTitle", "('Verslag%')")) == [])
        }
    }
}
