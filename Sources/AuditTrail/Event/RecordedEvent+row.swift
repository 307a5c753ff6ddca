import FoundationEssentials
import PostgresKit

extension RecordedEvent {
    /// The columns that ``init(_:)`` reads.
    static let columns = AuditRow.columns + ", hash"

    /// Reads a row of ``columns``. An event of a kind that is not known here is read like the others, under the name that the row
    /// has: one of them does not hide the rest.
    init(_ row: PostgresRow) throws {
        func text(_ column: Int) throws -> String? { try row.decode(String?.self, column: column) }
        let name = try row.decode(String.self, column: 2)
        let kind = AuditEventKind(rawValue: name) ?? .unknown
        var event = AuditEvent(
            kind, at: try row.decode(Date.self, column: 4),
            outcome: .init(rawValue: try row.decode(Int16.self, column: 5)) ?? .majorFailure)
        event.action = try text(3).flatMap(AuditEvent.Action.init) ?? kind.action
        event.outcomeDescription = try text(6)
        event.requestID = try text(7)
        event.organisation = try text(8)
        event.peer = try text(9)
        event.address = try text(10)
        event.endpoint = try text(11)
        event.replyTo = try text(12)
        event.person = try text(13).map {
            AuditEvent.Person(id: $0, name: try text(14), role: try text(15), purposeOfUse: try text(16))
        }
        event.patient = try text(17)
        event.submissionSet = try text(18)
        event.query = try text(19).map {
            AuditEvent.Query(
                id: $0, content: try row.decode([UInt8]?.self, column: 20) ?? [],
                results: try row.decode(Int32?.self, column: 21), hidden: try row.decode(Int32?.self, column: 22))
        }
        event.objects = AuditObject.read(try text(23))
        event.grounds = .init(
            authorisation: try text(24), treatmentRelation: try text(25), consent: try text(26), checks: try text(27))
        self.init(
            sequence: try row.decode(Int64.self, column: 0), event: event,
            source: AuditSource(
                node: try row.decode(String.self, column: 28), process: try row.decode(Int32.self, column: 29)),
            hash: try row.decode([UInt8].self, column: 30), unknownKind: kind == .unknown ? name : nil)
    }
}
