import PostgresKit

/// Follows the chain row by row. Holds no more than the last hash.
struct ChainCheck {
    /// Findings that are told one by one; more are counted.
    private static let findingsLimit = 100

    /// Number of the next event.
    private(set) var next: Int64
    private(set) var events: Int64 = 0
    private(set) var findings: [AuditFinding] = []
    private(set) var suppressed = 0
    private var previous: [UInt8]
    private var bytes = CanonicalBytes()
    private var witnesses: [(head: ChainHead, start: Int64, by: AuditFinding.Witness)]

    /// Begins behind `start`.
    /// - Parameter witnesses: heads known from elsewhere, in order of their numbers, with the number before the segment they
    ///   vouch for.
    init(after start: ChainHead, witnesses: [(head: ChainHead, start: Int64, by: AuditFinding.Witness)]) {
        next = start.sequence + 1
        previous = start.hash
        self.witnesses = witnesses.filter { $0.head.sequence > start.sequence }.reversed()
    }

    /// Number of the last event.
    var last: Int64 { next - 1 }

    /// Checks the rows of a result: the columns of ``AuditRow/columns``, then the hash.
    mutating func check(_ rows: PostgresResult) throws {
        for row in 0..<rows.rowCount { try check(rows, row) }
    }

    private mutating func check(_ rows: PostgresResult, _ row: Int) throws {
        let sequence = try rows.decode(Int64.self, row: row, column: 0)
        events += 1
        if sequence > next { find(.missing(from: next, to: sequence - 1)) }
        let hasGap = sequence != next
        if try rows.decode(Int16.self, row: row, column: 1) != AuditRow.format { find(.unknownFormat(sequence)) }
        bytes.begin(after: previous)
        for column in 0..<AuditRow.columnCount {
            rows.withBytes(row: row, column: column) { bytes.append($0) }
        }
        let stored = try rows.decode([UInt8].self, row: row, column: AuditRow.columnCount)
        // Behind a gap the hash before is unknown; the gap itself is told.
        if !hasGap, bytes.hash != stored { find(.brokenLink(sequence)) }
        compare(ChainHead(sequence: sequence, hash: stored))
        previous = stored
        next = sequence + 1
    }

    private mutating func compare(_ row: ChainHead) {
        while let witness = witnesses.last, witness.head.sequence <= row.sequence {
            witnesses.removeLast()
            guard witness.head.sequence == row.sequence, witness.head.hash != row.hash else { continue }
            switch witness.by {
            case .checkpoint: find(.rewritten(from: witness.start + 1, to: row.sequence))
            default: find(.contradicted(row.sequence, by: witness.by))
            }
        }
    }

    /// Called when there are no more rows: what is known beyond is missing.
    mutating func end() {
        for witness in witnesses.reversed() {
            find(.cutOff(after: last, known: witness.head.sequence, by: witness.by))
        }
        witnesses = []
    }

    mutating func find(_ finding: AuditFinding) {
        if findings.count < Self.findingsLimit { findings.append(finding) } else { suppressed += 1 }
    }
}
