import Glibc
import PostgresKit
import XDSMetadata

extension AuditBatch {
    /// Moves the head and writes the rows and their signature, if the head is still the one they follow and the premises are
    /// true; changes no row otherwise. Tells the number of rows of events.
    var statement: PostgresQuery {
        """
        with head as (
            update audit_head set sequence = \(head.sequence), hash = \(head.hash)
            where sequence = \(previous.sequence) and hash = \(previous.hash)\(onlyIf: premises)
            returning sequence)\(signed: signature)
        insert into audit_event \(values: rows) where exists (select from head)
        """
    }
}

extension PostgresQuery.StringInterpolation {
    /// A further condition.
    fileprivate mutating func appendInterpolation(onlyIf premises: [EventPremise]) {
        guard !premises.isEmpty else { return }
        appendLiteral(" and not exists (select from ")
        appendInterpolation(failing: premises)
        appendLiteral(")")
    }

    /// A further table expression: the signature, if the head was moved.
    fileprivate mutating func appendInterpolation(signed signature: BatchSignature?) {
        guard let signature else { return }
        let columns: [AuditRowValues.Column] = [
            .init(name: "first") { $0.appendInterpolation(signature.first) },
            .init(name: "last") { $0.appendInterpolation(signature.last) },
            .init(name: "since") { $0.appendInterpolation(signature.since) },
            .init(name: "hash") { $0.appendInterpolation(signature.hash) },
            .init(name: "key") { $0.appendInterpolation(signature.key) },
            .init(name: "signature") { $0.appendInterpolation(signature.signature) },
        ]
        appendLiteral(", signed as (insert into audit_batch (\(columns.map(\.name).joined(separator: ", "))) select ")
        append(columns)
        appendLiteral(" where exists (select from head))")
    }

    /// Columns, and the values of the rows for them.
    fileprivate mutating func appendInterpolation(values rows: [AuditRow]) {
        let values = AuditRowValues(rows)
        appendLiteral("(\((values.own + values.common).map(\.name).joined(separator: ", "))) select ")
        if !values.own.isEmpty { appendLiteral("own.*, ") }
        append(values.common)
        if !values.own.isEmpty {
            appendLiteral(" from unnest(")
            append(values.own)
            appendLiteral(") as own")
        }
    }

    private mutating func append(_ columns: [AuditRowValues.Column]) {
        for (position, column) in columns.enumerated() {
            if position > 0 { appendLiteral(", ") }
            column.bind(&self)
        }
    }
}

/// The columns of the rows of a group. What all rows have in common is bound once: an array of its own for each of thirty columns
/// costs the server more than the row does.
///
/// The columns are common, or not, in three sets, so that there are few forms of the statement.
private struct AuditRowValues {
    /// A column, and what binds its value, or the array of its values.
    struct Column {
        let name: String
        let bind: (inout PostgresQuery.StringInterpolation) -> Void
    }

    /// Columns with a value for each row.
    private(set) var own: [Column] = []
    /// Columns with one value for all.
    private(set) var common: [Column] = []
    private let rows: [AuditRow]

    init(_ rows: [AuditRow]) {
        self.rows = rows
        // A row alone shares everything with itself.
        let isAlone = rows.count == 1
        add("sequence", isAlone) { $0.sequence }
        add("event_time", isAlone) { $0.event.time }
        add("request_id", isAlone) { $0.event.requestID }
        add("address", isAlone) { $0.event.address }
        add("patient", isAlone) { $0.event.patient }
        add("query_id", isAlone) { $0.event.query?.id }
        add("query", isAlone) { $0.event.query?.content }
        add("results", isAlone) { $0.event.query?.results }
        add("hidden", isAlone) { $0.event.query?.hidden }
        add("hash", isAlone) { $0.hash }

        let isOfOneKind = isAlone || rows.allSatisfy { $0.isOfTheKind(of: rows[0]) }
        add("event", isOfOneKind) { $0.event.kind.rawValue }
        add("action", isOfOneKind) { $0.event.action.rawValue }
        add("outcome", isOfOneKind) { $0.event.outcome.rawValue }
        add("organisation", isOfOneKind) { $0.event.organisation }
        add("peer", isOfOneKind) { $0.event.peer }
        add("endpoint", isOfOneKind) { $0.event.endpoint }
        add("authorisation", isOfOneKind) { $0.event.grounds.authorisation }
        add("treatment_relation", isOfOneKind) { $0.event.grounds.treatmentRelation }
        add("consent", isOfOneKind) { $0.event.grounds.consent }
        add("checks", isOfOneKind) { $0.event.grounds.checks }

        let isPlain = isAlone || rows.allSatisfy(\.isPlain)
        add("outcome_description", isPlain) { $0.event.outcomeDescription }
        add("reply_to", isPlain) { $0.event.replyTo }
        add("person", isPlain) { $0.event.person?.id }
        add("person_name", isPlain) { $0.event.person?.name }
        add("person_role", isPlain) { $0.event.person?.role }
        add("purpose_of_use", isPlain) { $0.event.person?.purposeOfUse }
        add("submission_set", isPlain) { $0.event.submissionSet }
        add("objects", isPlain) { $0.objects }

        add("format", true) { _ in AuditRow.format }
        add("source", true) { $0.source.node }
        add("process", true) { $0.source.process }
    }

    private mutating func add<Value: PostgresEncodable & PostgresArrayElement>(
        _ name: String, _ isCommon: Bool, _ value: @escaping (AuditRow) -> Value
    ) {
        let rows = rows
        if isCommon {
            common.append(Column(name: name) { $0.appendInterpolation(value(rows[0])) })
        } else {
            own.append(Column(name: name) { $0.appendInterpolation(rows.map(value)) })
        }
    }
}

extension AuditRow {
    /// Whether it tells of the same transaction, organisation and grounds as another row.
    fileprivate func isOfTheKind(of other: AuditRow) -> Bool {
        let (one, other) = (event, other.event)
        return one.kind == other.kind && one.action == other.action && one.outcome == other.outcome
            && Self.areSameBytes(one.organisation, other.organisation) && Self.areSameBytes(one.peer, other.peer)
            && Self.areSameBytes(one.endpoint, other.endpoint)
            && Self.areSameBytes(one.grounds.authorisation, other.grounds.authorisation)
            && Self.areSameBytes(one.grounds.treatmentRelation, other.grounds.treatmentRelation)
            && Self.areSameBytes(one.grounds.consent, other.grounds.consent)
            && Self.areSameBytes(one.grounds.checks, other.grounds.checks)
    }

    /// To Swift, texts are equal that have accents in one character or in two; their hashes are not.
    private static func areSameBytes(_ one: String?, _ other: String?) -> Bool {
        guard var one, var other else { return one == nil && other == nil }
        return one.withUTF8 { one in
            other.withUTF8 { other in
                guard one.count == other.count, let bytes = one.baseAddress, let otherBytes = other.baseAddress else {
                    return one.count == other.count
                }
                return memcmp(bytes, otherBytes, one.count) == 0
            }
        }
    }

    /// Whether it has nothing in the columns that queries of systems leave empty.
    fileprivate var isPlain: Bool {
        event.outcomeDescription == nil && event.replyTo == nil && event.person == nil && event.submissionSet == nil
            && objects == nil
    }
}
