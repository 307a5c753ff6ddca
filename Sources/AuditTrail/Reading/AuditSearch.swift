public import FoundationEssentials
public import PostgresKit

/// Finds events by what an administrator knows of them. All conditions hold together.
public struct AuditSearch: Sendable {
    /// CX of the patient, any of these. A link change is found by each of its ids.
    public var patients: [String] = []
    /// Identifier of the organisation.
    public var organisation: String?
    /// Identity of the person.
    public var person: String?
    /// The kinds wanted; empty: all.
    public var kinds: [AuditEventKind] = []
    /// The id of a request.
    public var requestID: String?
    /// Events at this time and later.
    public var from: Date?
    /// Events before this time.
    public var to: Date?
    /// Events behind this number.
    public var after: Int64 = 0
    /// Events at most.
    public var limit = 1_000

    /// All events.
    public init() {}

    /// The events in the order of the chain.
    public func run(on client: PostgresClient) async throws -> [RecordedEvent] {
        try await client.query(statement).map { try RecordedEvent($0) }
    }

    private var statement: PostgresQuery {
        var sql = "select \(RecordedEvent.columns) from audit_event where sequence > $1"
        var binds = PostgresBindings()
        binds.append(after)
        func add(_ condition: String, _ value: some PostgresEncodable) {
            binds.append(value)
            sql += " and \(condition.replacing("?", with: "$\(binds.count)"))"
        }
        if !patients.isEmpty {
            // A link change is one event about several ids, and all but the first stand among its objects (ITI TF-2: 3.64).
            add(
                """
                sequence in (
                    select sequence from audit_event where patient = any(?)
                    union
                    select sequence from audit_event where event = 'ITI-64' and exists (
                        select from jsonb_array_elements(objects::jsonb) as o
                        where o ->> 'kind' = 'patient' and o ->> 'id' = any(?)))
                """, patients)
        }
        if let organisation { add("organisation = ?", organisation) }
        if let person { add("person = ?", person) }
        if !kinds.isEmpty { add("event = any(?)", kinds.map(\.rawValue)) }
        if let requestID { add("request_id = ?", requestID) }
        if let from { add("event_time >= ?", from) }
        if let to { add("event_time < ?", to) }
        binds.append(Int64(limit))
        return PostgresQuery(unescaped: sql + " order by sequence limit $\(binds.count)", binds)
    }
}
