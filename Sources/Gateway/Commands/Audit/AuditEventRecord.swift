import AuditTrail
import Foundation

/// An event as `audit search` shows it.
struct AuditEventRecord: Encodable {
    /// On which grounds access was decided.
    struct Grounds: Encodable {
        let authorisation: String?
        let treatmentRelation: String?
        let consent: String?
        let checks: String?

        /// `nil` when nothing was looked at.
        init?(_ grounds: AuditEvent.Grounds) {
            guard grounds != AuditEvent.Grounds() else { return nil }
            authorisation = grounds.authorisation
            treatmentRelation = grounds.treatmentRelation
            consent = grounds.consent
            checks = grounds.checks
        }
    }

    static let shortHeadings = ["event", "time", "what", "outcome", "organisation", "person", "patient", "about"]
    static let headings = [
        "event", "time", "kind", "action", "outcome", "outcomeDescription", "organisation", "person", "patient",
        "submissionSet", "query", "results", "hidden", "objects", "certificate", "address", "endpoint", "request",
        "node",
        "authorisation", "treatmentRelation", "consent", "checks", "hash",
    ]

    let event: Int64
    let time: String
    let kind: String
    let action: String
    let outcome: Int16
    let outcomeDescription: String?
    let organisation: String?
    let person: String?
    let patient: String?
    let submissionSet: String?
    let query: String?
    let results: Int32?
    /// Objects that the organisation may not see.
    let hidden: Int32?
    let grounds: Grounds?
    let objects: [AuditObject]
    let certificate: String?
    let address: String?
    let endpoint: String?
    let request: String?
    let node: String
    let hash: String

    init(_ recorded: RecordedEvent) {
        let event = recorded.event
        self.event = recorded.sequence
        time = event.time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        kind = recorded.kindName
        action = event.action.rawValue
        outcome = event.outcome.rawValue
        outcomeDescription = event.outcomeDescription
        organisation = event.organisation
        person = event.person?.id
        patient = event.patient
        submissionSet = event.submissionSet
        query = event.query?.id
        results = event.query?.results
        hidden = event.hidden
        grounds = Grounds(event.grounds)
        objects = event.objects
        certificate = event.peer
        address = event.address
        endpoint = event.endpoint
        request = event.requestID
        node = recorded.source.node
        hash = recorded.hash.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// In the order of ``shortHeadings``.
    var shortCells: [String] {
        [
            String(event), time, kind, String(outcome), organisation ?? "-", person ?? "-", patient ?? "-",
            submissionSet ?? objectIDs.first ?? query ?? "-",
        ]
    }

    /// In the order of ``headings``.
    var cells: [String] {
        [
            String(event), time, kind, action, String(outcome), outcomeDescription ?? "", organisation ?? "",
            person ?? "", patient ?? "", submissionSet ?? "", query ?? "", results.map(String.init) ?? "",
            hidden.map(String.init) ?? "", objectIDs.joined(separator: " "), certificate ?? "", address ?? "",
            endpoint ?? "", request ?? "", node, grounds?.authorisation ?? "", grounds?.treatmentRelation ?? "",
            grounds?.consent ?? "", grounds?.checks ?? "", hash,
        ]
    }

    private var objectIDs: [String] { objects.map(\.id) }

    /// A line of CSV after RFC 4180. A cell that a spreadsheet would take for a formula gets an apostrophe in front.
    static func csv(_ cells: [String]) -> String {
        cells.map { cell in
            let isFormula = cell.first.map { "=+-@\t\r".contains($0) } ?? false
            let text = isFormula ? "'" + cell : cell
            guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
            return "\"" + text.replacing("\"", with: "\"\"") + "\""
        }.joined(separator: ",")
    }

    /// A JSON array.
    static func json(_ records: [AuditEventRecord]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(records), as: UTF8.self)
    }
}
