import PostgresKit

/// An event at its place in the chain.
struct AuditRow {
    /// The form of rows that this version writes.
    static let format: Int16 = 1

    /// The columns that are hashed, in the order of hashing.
    static let columns = AuditColumn.all.map(\.name).joined(separator: ", ")
    /// How many there are; the hash comes after them.
    static let columnCount = AuditColumn.all.count

    /// Bytes of queries and objects in one page, beside the last row.
    static let pageBytes: Int64 = 16 * 1_048_576

    /// The rows behind `after` in their order, with the hash: so many at most, and fewer where they are large.
    static func page(
        after: Int64, to last: Int64 = .max, rows: Int64, bytes: Int64 = pageBytes
    ) -> PostgresQuery {
        """
        select \(unescaped: columns), hash from audit_event
        where sequence > \(after) and sequence <= (
            select max(sequence) from (
                select sequence, sum(size) over (order by sequence) - size as before from (
                    select sequence, coalesce(octet_length(query), 0) + coalesce(octet_length(objects), 0) as size
                    from audit_event where sequence > \(after) and sequence <= \(last)
                    order by sequence limit \(rows)) row_size) running
            where before < \(bytes))
        order by sequence
        """
    }

    let sequence: Int64
    let event: EncodedEvent
    let hash: [UInt8]

    /// The row of an event that follows `previous`.
    init(_ event: EncodedEvent, after previous: ChainHead) {
        sequence = previous.sequence + 1
        self.event = event
        hash = CanonicalBytes.hash(after: previous.hash, sequence: sequence, rest: event.bytes)
    }
}
