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
        appendLiteral(", signed as (insert into audit_batch (first, last, since, hash, key, signature) select ")
        appendInterpolation(signature.first)
        appendLiteral(", ")
        appendInterpolation(signature.last)
        appendLiteral(", ")
        appendInterpolation(signature.since)
        appendLiteral(", ")
        appendInterpolation(signature.hash)
        appendLiteral(", ")
        appendInterpolation(signature.key)
        appendLiteral(", ")
        appendInterpolation(signature.signature)
        appendLiteral(" where exists (select from head))")
    }

    /// Columns, and the values of the rows for them. What all rows have in common is bound once: an array of its own for each of
    /// thirty columns costs the server more than the row does.
    fileprivate mutating func appendInterpolation(values rows: [AuditRow]) {
        let shared = AuditColumn.Sharing.shared(by: rows)
        let columns = AuditColumn.all
        let own = columns.indices.filter { !shared.contains(columns[$0].sharing) }
        let common = columns.indices.filter { shared.contains(columns[$0].sharing) }
        let names = own.map { columns[$0].name } + ["hash"] + common.map { columns[$0].name }
        appendLiteral("(\(names.joined(separator: ", "))) select ")
        if rows.count > 1 { appendLiteral("own.*") } else { appendInterpolation(rows[0].hash) }
        for position in common {
            appendLiteral(", ")
            append(position, of: rows[0])
        }
        guard rows.count > 1 else { return }
        appendLiteral(" from unnest(")
        for position in own {
            append(position, ofAll: rows)
            appendLiteral(", ")
        }
        appendInterpolation(rows.map(\.hash))
        appendLiteral(") as own")
    }

    private mutating func append(_ position: Int, of row: AuditRow) {
        guard position > 0 else { return appendInterpolation(row.sequence) }
        row.event.withColumn(position) { column in
            // Behind its length.
            let value = UnsafeRawBufferPointer(rebasing: column.dropFirst(4))
            appendInterpolation(
                encoded: row.event.isNull(position) ? nil : value, as: AuditColumn.all[position].type)
        }
    }

    private mutating func append(_ position: Int, ofAll rows: [AuditRow]) {
        guard position > 0 else { return appendInterpolation(rows.map(\.sequence)) }
        let hasNulls = rows.contains { $0.event.isNull(position) }
        let column = AuditColumn.all[position]
        appendInterpolation(arrayOf: column.type, as: column.arrayType, count: rows.count, hasNulls: hasNulls) {
            bytes in
            for row in rows { row.event.withColumn(position) { bytes.write(contentsOf: $0) } }
        }
    }
}

extension AuditColumn.Sharing {
    /// The columns that are of the kind of an event.
    private static let kinds = AuditColumn.all.indices.filter { AuditColumn.all[$0].sharing == .kind }
    /// The columns that a query of a system leaves empty.
    private static let plains = AuditColumn.all.indices.filter { AuditColumn.all[$0].sharing == .plain }

    /// What rows have in common: in sets, so that there are few forms of the statement. A row alone shares everything with itself.
    fileprivate static func shared(by rows: [AuditRow]) -> [AuditColumn.Sharing] {
        guard rows.count > 1 else { return [.none, .kind, .plain, .writer] }
        var shared = [writer]
        let first = rows[0].event
        if rows.allSatisfy({ row in kinds.allSatisfy { row.event.hasEqualColumn($0, in: first) } }) {
            shared.append(kind)
        }
        if rows.allSatisfy({ row in plains.allSatisfy { row.event.isNull($0) } }) { shared.append(plain) }
        return shared
    }
}
