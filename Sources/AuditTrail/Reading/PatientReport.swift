public import Foundation
import NIOCore
import XMLKit

/// Who looked at a patient's data, who made them available, when and on whose behalf: as the patient reads it.
///
/// - Source: the right of the client to know who saw what (NEN 7513; law on client rights in electronic processing).
public struct PatientReport: Sendable {
    /// One line.
    struct Line: Hashable {
        let time: ReportTime
        let organisation: String
        let act: String
        let onBehalfOf: String
    }

    /// What an organisation did, counted.
    struct Total: Hashable {
        let organisation: String
        var seen = 0
        var provided = 0
    }

    private let language: ReportLanguage
    private let patient: String
    private let made: ReportTime
    private let isCut: Bool
    /// Newest first.
    let lines: [Line]
    let totals: [Total]

    /// A report.
    /// - Parameters:
    ///   - patient: the number as the patient knows it.
    ///   - events: what concerns the patient, in the order of the chain.
    ///   - names: full names of organisations by their identifiers.
    ///   - isCut: whether there are later events that are not among these; the report says so.
    ///   - time: when the report is made.
    public init(
        patient: String, events: [RecordedEvent], names: [String: String], language: ReportLanguage,
        isCut: Bool = false, at time: Date = Date()
    ) {
        self.language = language
        self.isCut = isCut
        self.patient = patient
        made = ReportTime(time)
        func name(_ event: AuditEvent) -> String {
            guard let organisation = event.organisation else {
                return language.text("Beheerder van het netwerk", "Administrator of the network")
            }
            return names[organisation] ?? organisation
        }
        lines = events.reversed().map { recorded in
            let event = recorded.event
            let person = event.person.map { $0.name ?? $0.id }
            return Line(
                time: ReportTime(event.time), organisation: name(event), act: language.sentence(recorded),
                onBehalfOf: person ?? language.text("het systeem van de organisatie", "the organisation's system"))
        }
        var totals: [String: Total] = [:]
        for event in events.map(\.event) where event.outcome == .success || event.outcome == .minorFailure {
            var total = totals[name(event)] ?? Total(organisation: name(event))
            switch event.kind {
            case .registryStoredQuery, .multiPatientStoredQuery, .retrieveDocumentSet: total.seen += 1
            case .provideAndRegisterDocumentSet, .registerDocumentSet, .registerOnDemandDocumentEntry:
                total.provided += 1
            default: continue
            }
            totals[name(event)] = total
        }
        self.totals = totals.values.sorted { $0.organisation < $1.organisation }
    }

    // MARK: Words

    private var title: String {
        language.text("Wie heeft uw medische gegevens ingezien?", "Who has had access to your medical data?")
    }

    private var introduction: String {
        let made = language.text(
            "Overzicht voor patiëntnummer \(patient), gemaakt op \(language.date(made)) om \(made.clock).",
            "Overview for patient number \(patient), made on \(language.date(made)) at \(made.clock).")
        guard isCut, let last = lines.first?.time else { return made }
        let missing = language.text(
            "Het is niet volledig: wat na \(language.date(last)) om \(last.clock) is gebeurd, past er niet in. "
                + "Vraag om een vervolg vanaf die dag.",
            "It is not complete: what happened after \(language.date(last)) at \(last.clock) does not fit in. "
                + "Ask for a sequel from that day on.")
        return "\(made) \(missing)"
    }

    private var nothing: String {
        language.text("Niemand heeft uw gegevens ingezien of gedeeld.", "Nobody has seen or shared your data.")
    }

    private var closing: String {
        language.text(
            "Herkent u een inzage niet? Vraag de genoemde organisatie om uitleg; zij is verplicht die te geven.",
            "Is there an access you do not recognise? Ask the organisation named to explain it; it has to.")
    }

    private func sentence(_ total: Total) -> String {
        let seen = language.count(total.seen, nl: ("keer", "keer"), en: ("time", "times"))
        let provided = language.count(total.provided, nl: ("keer", "keer"), en: ("time", "times"))
        return language.text(
            "\(total.organisation): \(seen) gezocht of ingezien, \(provided) gegevens beschikbaar gesteld",
            "\(total.organisation): searched or viewed \(seen), made data available \(provided)")
    }

    private var headings: [String] {
        language == .nl
            ? ["Tijd", "Organisatie", "Wat", "Namens"] : ["Time", "Organisation", "What", "On behalf of"]
    }

    /// The days with their lines, newest first.
    private var days: [(date: String, lines: [Line])] {
        var days: [(date: String, lines: [Line])] = []
        for line in lines {
            let date = language.date(line.time)
            if days.last?.date == date { days[days.count - 1].lines.append(line) } else { days.append((date, [line])) }
        }
        return days
    }

    // MARK: Forms

    /// Plain text.
    public var text: String {
        var text = "\(title)\n\(introduction)\n\n"
        guard !lines.isEmpty else { return text + nothing + "\n" }
        for total in totals { text += "- \(sentence(total))\n" }
        for day in days {
            text += "\n\(day.date)\n"
            for line in day.lines {
                text += "  \(line.time.clock)  \(line.organisation)\n         \(line.act)\n"
                text += "         \(headings[3].lowercased()): \(line.onBehalfOf)\n"
            }
        }
        return text + "\n" + closing + "\n"
    }

    /// A page of HTML that needs nothing else and prints well.
    public var html: String {
        var writer = XMLWriter(capacity: 4_096 + lines.count * 256)
        writer.raw("<!DOCTYPE html>\n")
        writer.element("html", ("lang", language.rawValue)) { writer in
            writer.element("head") { writer in
                writer.empty("meta", ("charset", "utf-8"))
                writer.empty("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1"))
                writer.element("title", text: title)
                writer.element("style") { $0.raw(Self.style) }
            }
            writer.element("body") { writer in
                writer.element("h1", text: title)
                writer.element("p", text: introduction)
                if lines.isEmpty { writer.element("p", text: nothing) } else { writeContent(to: &writer) }
            }
        }
        return writer.string + "\n"
    }

    private func writeContent(to writer: inout XMLWriter) {
        writer.element("ul") { writer in
            for total in totals { writer.element("li", text: sentence(total)) }
        }
        for day in days {
            writer.element("h2", text: day.date)
            writer.element("table") { writer in
                writer.element("thead") { writer in
                    writer.element("tr") { writer in
                        for heading in headings { writer.element("th", ("scope", "col"), text: heading) }
                    }
                }
                writer.element("tbody") { writer in
                    for line in day.lines {
                        writer.element("tr") { writer in
                            for cell in [line.time.clock, line.organisation, line.act, line.onBehalfOf] {
                                writer.element("td", text: cell)
                            }
                        }
                    }
                }
            }
        }
        writer.element("p", text: closing)
    }

    private static let style = """
        body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b}
        h1{font-size:1.6rem}h2{font-size:1.1rem;margin-top:2rem}
        table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.4rem .6rem;border-bottom:1px solid #bbb;vertical-align:top}
        th{font-weight:600}@media print{body{margin:0;max-width:none}tr{break-inside:avoid}}
        """
}
