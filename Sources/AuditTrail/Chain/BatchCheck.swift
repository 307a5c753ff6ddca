import PostgresKit

/// Proves that every event since signing began belongs to a batch that a node signed. Reads the batches in their order, beside
/// the events; holds no more than a few numbers.
struct BatchCheck {
    /// What the signature of a batch is worth.
    enum Verdict: Sendable, Hashable {
        /// It is that of a trusted key.
        case signed
        /// It is not that of the key it names.
        case falselySigned
        /// The key it names was not given as trusted.
        case foreign
    }

    /// Batches one after the other with the same thing wrong: told together.
    private struct Fault {
        let finding: @Sendable (_ from: Int64, _ to: Int64) -> AuditFinding
        let kind: String
        let from: Int64
        var to: Int64
    }

    /// Batches with the right signature of a trusted key.
    private(set) var batches: Int64 = 0
    /// Number of the first event of the trail.
    private let start: Int64
    /// Number of the event with which signing began; `nil` while it is not known.
    private var begin: Int64?
    /// Number of the first event behind the batches that were read.
    private var next: Int64
    private var fault: Fault?

    /// Begins with the event of this number.
    /// - Parameter known: where signing began, if that is known from elsewhere.
    init(from start: Int64, signedSince known: Int64? = nil) {
        self.start = start
        begin = known.map { max($0, start) }
        next = begin ?? start
    }

    /// Judges the signature of a batch.
    static func verdict(_ batch: BatchSignature, keys: [String: AuditPublicKey]) -> Verdict {
        guard let key = keys[batch.key] else { return .foreign }
        return batch.isSigned(by: key) ? .signed : .falselySigned
    }

    /// Checks the batches that end in a page of events.
    /// - Parameters:
    ///   - batches: in their order, with what their signatures are worth.
    ///   - rows: the columns of ``AuditRow/columns``, then the hash.
    ///   - chain: told what is wrong.
    mutating func check(
        _ batches: [(batch: BatchSignature, verdict: Verdict)], rows: PostgresResult, _ chain: inout ChainCheck
    ) throws {
        var row = 0
        for (batch, verdict) in batches {
            guard verdict == .signed else {
                tell(Self.fault(batch, verdict), &chain)
                // What is told is not told again as unsigned.
                if batch.first <= next { next = max(next, batch.last + 1) }
                continue
            }
            self.batches += 1
            cover(batch, &chain)
            while row < rows.rowCount, try rows.decode(Int64.self, row: row, column: 0) < batch.last { row += 1 }
            // An event that is missing is told by the chain.
            if row < rows.rowCount, try rows.decode(Int64.self, row: row, column: 0) == batch.last,
                try rows.decode([UInt8].self, row: row, column: AuditRow.columnCount) != batch.hash
            {
                tell(
                    Fault(
                        finding: { .rewritten(from: $0, to: $1) }, kind: "rewritten", from: batch.first, to: batch.last),
                    &chain)
            } else {
                flush(&chain)
            }
        }
    }

    /// Called when the chain has no more events.
    /// - Returns: the number of events that were written before signing began.
    mutating func end(_ chain: inout ChainCheck) -> Int64 {
        flush(&chain)
        guard let begin else { return chain.last - start + 1 }
        if next <= chain.last { chain.find(.unsigned(from: next, to: chain.last)) }
        return min(begin, chain.last + 1) - start
    }

    /// What is wrong with a batch that counts for nothing.
    static func finding(_ batch: BatchSignature, _ verdict: Verdict) -> AuditFinding {
        fault(batch, verdict).finding(batch.first, batch.last)
    }

    private static func fault(_ batch: BatchSignature, _ verdict: Verdict) -> Fault {
        if verdict == .foreign {
            let key = batch.key
            return Fault(
                finding: { .foreignBatch(from: $0, to: $1, fingerprint: key) }, kind: key, from: batch.first,
                to: batch.last)
        }
        return Fault(
            finding: { .falseBatch(from: $0, to: $1) }, kind: "falsely signed", from: batch.first, to: batch.last)
    }

    /// Looks whether anything lies between a batch and the one before. Two of them cannot overlap: the hash of one of them would
    /// not be that of its event.
    private mutating func cover(_ batch: BatchSignature, _ chain: inout ChainCheck) {
        let since = max(min(batch.since, batch.first), start)
        if let begin {
            // The first batches are gone, and who wrote this one remembers them.
            if since < begin { chain.find(.unsigned(from: since, to: begin - 1)) }
            self.begin = min(begin, since)
        } else {
            begin = since
            next = max(next, since)
        }
        if batch.first > next { chain.find(.unsigned(from: next, to: batch.first - 1)) }
        next = max(next, batch.last + 1)
    }

    private mutating func tell(_ found: Fault, _ chain: inout ChainCheck) {
        if let fault, fault.kind == found.kind, found.from <= fault.to + 1 {
            self.fault?.to = max(fault.to, found.to)
        } else {
            flush(&chain)
            fault = found
        }
    }

    private mutating func flush(_ chain: inout ChainCheck) {
        guard let fault else { return }
        chain.find(fault.finding(fault.from, fault.to))
        self.fault = nil
    }
}
