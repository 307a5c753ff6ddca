import Foundation
import NIOCore
import Testing
import XMLKit

@testable import AuditTrail

@Suite("The report for a patient")
struct PatientReportTests {
    private func recorded(_ number: Int64, _ kind: AuditEventKind, _ change: (inout AuditEvent) -> Void = { _ in })
        -> RecordedEvent
    {
        var event = AuditEvent(kind, at: Date(timeIntervalSince1970: 1_795_687_380 + Double(number) * 3_600))
        event.organisation = "gp"
        change(&event)
        return RecordedEvent(sequence: number, event: event, source: AuditBench.source, hash: [])
    }

    private func report(_ language: ReportLanguage) -> PatientReport {
        PatientReport(
            patient: "900186021",
            events: [
                recorded(1, .provideAndRegisterDocumentSet) { $0.organisation = "hospital" },
                recorded(2, .registryStoredQuery) { $0.query = .init(id: "q", content: [], results: 3) },
                recorded(3, .registryStoredQuery) { $0.query = .init(id: "q", content: [], results: 0) },
                recorded(4, .retrieveDocumentSet) {
                    $0.objects = [.document("1", repositoryUniqueID: "2"), .document("3", repositoryUniqueID: "2")]
                    $0.person = .init(id: "jansen", name: "J. <Jansen>")
                },
                recorded(5, .retrieveDocumentSet) {
                    $0.outcome = .seriousFailure
                    $0.objects = [.document("1", repositoryUniqueID: "2")]
                },
                recorded(30, .auditLogUsed) { $0.organisation = nil },
            ],
            names: ["gp": "Huisartsenpraktijk De Esch", "hospital": "Ziekenhuis Oost"], language: language,
            at: Date(timeIntervalSince1970: 1_795_800_000))
    }

    @Test("In Dutch, newest first, by the clock of the Netherlands, with totals and on whose behalf")
    func dutch() {
        let text = report(.nl).text
        #expect(text.hasPrefix("Wie heeft uw medische gegevens ingezien?\n"))
        #expect(
            text.contains(
                "- Huisartsenpraktijk De Esch: 3 keer gezocht of ingezien, 0 keer gegevens beschikbaar gesteld"))
        #expect(text.contains("- Ziekenhuis Oost: 0 keer gezocht of ingezien, 1 keer gegevens beschikbaar gesteld"))
        let expected = [
            "Bekeek wie uw gegevens heeft ingezien", "Probeerde 1 document te openen; dat lukte niet",
            "Opende 2 documenten",
            "Zocht naar uw gegevens en vond niets", "Zocht naar uw gegevens en vond 3 gegevens",
            "Stelde gegevens over u beschikbaar",
        ]
        let acts = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter(expected.contains)
        #expect(acts == expected)
        #expect(text.contains("namens: J. <Jansen>"))
        #expect(text.contains("namens: het systeem van de organisatie"))
    }

    @Test("In English")
    func english() {
        let text = report(.en).text
        #expect(text.contains("Huisartsenpraktijk De Esch: searched or viewed 3 times, made data available 0 times"))
        #expect(text.contains("Opened 2 documents"))
        #expect(text.contains("Searched for your data and found nothing"))
    }

    @Test("As HTML: well-formed, in the language it says, every value escaped", arguments: ReportLanguage.allCases)
    func html(language: ReportLanguage) throws {
        let html = report(language).html
        #expect(html.hasPrefix("<!DOCTYPE html>\n"))
        #expect(html.contains("J. &lt;Jansen&gt;"))
        let root = try XMLDocument(parsing: ByteBuffer(string: String(html.dropFirst("<!DOCTYPE html>\n".count)))).root
        #expect(root.attribute("lang") == language.rawValue)
    }

    @Test("Nobody looked: that is what it says")
    func empty() {
        let report = PatientReport(patient: "1", events: [], names: [:], language: .nl)
        #expect(report.text.contains("Niemand heeft uw gegevens ingezien of gedeeld."))
        #expect(report.html.contains("Niemand"))
    }

    @Test("A report that is cut says so, and until when it goes", arguments: [false, true])
    func cut(isCut: Bool) {
        let events = [recorded(1, .retrieveDocumentSet), recorded(2, .retrieveDocumentSet)]
        let dutch = PatientReport(patient: "1", events: events, names: [:], language: .nl, isCut: isCut)
        #expect(dutch.text.contains("Het is niet volledig: wat na 26 november 2026 om 13:03") == isCut, "\(dutch.text)")
        #expect(dutch.html.contains("niet volledig") == isCut)
        let english = PatientReport(patient: "1", events: events, names: [:], language: .en, isCut: isCut)
        #expect(english.text.contains("It is not complete") == isCut)
    }

    @Test("Winter and summer time")
    func time() {
        #expect(ReportTime(Date(timeIntervalSince1970: 1_768_469_400)).clock == "10:30")
        #expect(ReportTime(Date(timeIntervalSince1970: 1_784_100_600)).clock == "09:30")
    }
}
