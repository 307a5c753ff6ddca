import FoundationEssentials
import PostgresKit

/// A column of `audit_event` whose value is hashed.
struct AuditColumn {
    /// What the rows of a group may have in common.
    enum Sharing {
        /// Nothing.
        case none
        /// The value, when all tell of the same transaction, organisation and grounds.
        case kind
        /// That it is NULL, when all are queries of systems.
        case plain
        /// The value, always: of the writer, and not of the event.
        case writer
    }

    let name: String
    let type: PostgresType
    /// The type of an array of its values.
    let arrayType: PostgresType
    let sharing: Sharing

    private init<Value: PostgresEncodable & PostgresArrayElement>(_ name: String, _: Value.Type, _ sharing: Sharing) {
        self.name = name
        type = Value.postgresType
        arrayType = Value.postgresArrayType
        self.sharing = sharing
    }

    /// All of them, in the order of hashing. The first is the place in the chain, and the others are of the event:
    /// ``EncodedEvent`` appends them in this order.
    static let all = [
        AuditColumn("sequence", Int64.self, .none),
        AuditColumn("format", Int16.self, .writer),
        AuditColumn("event", String.self, .kind),
        AuditColumn("action", String.self, .kind),
        AuditColumn("event_time", Date.self, .none),
        AuditColumn("outcome", Int16.self, .kind),
        AuditColumn("outcome_description", String.self, .plain),
        AuditColumn("request_id", String.self, .none),
        AuditColumn("organisation", String.self, .kind),
        AuditColumn("peer", String.self, .kind),
        AuditColumn("address", String.self, .none),
        AuditColumn("endpoint", String.self, .kind),
        AuditColumn("reply_to", String.self, .plain),
        AuditColumn("person", String.self, .plain),
        AuditColumn("person_name", String.self, .plain),
        AuditColumn("person_role", String.self, .plain),
        AuditColumn("purpose_of_use", String.self, .plain),
        AuditColumn("patient", String.self, .none),
        AuditColumn("submission_set", String.self, .plain),
        AuditColumn("query_id", String.self, .none),
        AuditColumn("query", [UInt8].self, .none),
        AuditColumn("results", Int32.self, .none),
        AuditColumn("hidden", Int32.self, .none),
        AuditColumn("objects", String.self, .plain),
        AuditColumn("authorisation", String.self, .kind),
        AuditColumn("treatment_relation", String.self, .kind),
        AuditColumn("consent", String.self, .kind),
        AuditColumn("checks", String.self, .kind),
        AuditColumn("source", String.self, .writer),
        AuditColumn("process", Int32.self, .writer),
    ]
}
