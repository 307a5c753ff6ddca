public import FoundationEssentials
public import PostgresKit

/// Proves that the audit trail is what was written: reads it once, in order, in constant memory.
public struct AuditVerification: Sendable {
    /// What was found.
    public struct Report: Sendable {
        /// Events read.
        public internal(set) var events: Int64 = 0
        /// Number of the first event that should be there.
        public internal(set) var first: Int64 = 1
        /// Number of the last event.
        public internal(set) var last: Int64 = 0
        /// Checkpoints whose signature is right.
        public internal(set) var checkpoints = 0
        /// Number of the last event that a checkpoint covers.
        public internal(set) var sealed: Int64 = 0
        /// Batches of events whose signature is right.
        public internal(set) var batches: Int64 = 0
        /// Events that were written before batches were signed. More of them than the time before the first signing key wrote
        /// are a sign that signatures were removed.
        public internal(set) var unsigned: Int64 = 0
        /// What is wrong; empty when the trail is whole.
        public internal(set) var findings: [AuditFinding] = []
        /// Findings beyond those listed.
        public internal(set) var suppressed = 0
    }

    private static let pageSize = 4_096

    private let client: PostgresClient
    private let keys: [String: AuditPublicKey]
    private let retention: TimeInterval
    private let anchor: AuditAnchor?
    private let expected: ChainHead?

    /// - Parameters:
    ///   - keys: whose signatures count.
    ///   - retention: seconds that events must be kept.
    ///   - anchor: what the daemon of this node noted.
    ///   - expected: a head known from a log or from a forwarded message.
    public init(
        client: PostgresClient, keys: [AuditPublicKey], retention: TimeInterval, anchor: AuditAnchor? = nil,
        expected: ChainHead? = nil
    ) {
        self.client = client
        self.retention = retention
        self.keys = Dictionary(keys.map { ($0.fingerprint, $0) }, uniquingKeysWith: { first, _ in first })
        self.anchor = anchor
        self.expected = expected
    }

    /// Reads the whole trail.
    /// - Parameter progress: told how many events have been read.
    public func run(progress: (Int64) -> Void = { _ in }) async throws -> Report {
        // The head is read after the anchor and the checkpoints were, and rows behind it are not looked at, so that a daemon
        // that goes on writing is no finding.
        let checkpoints = try await client.query(AuditCheckpoint.select).map { try AuditCheckpoint($0) }
        let position = try await client.query("select coalesce(max(sequence), 0) from audit_position")
            .decode(Int64.self, row: 0, column: 0)
        let head = try await head()
        var report = Report()
        let (start, begun) = begin(checkpoints, head: head, &report)
        var check = begun
        var batches = BatchCheck(from: check.next, signedSince: anchor?.signedSince)
        try await follow(&check, &batches, to: head.sequence, progress)
        report.unsigned = batches.end(&check)
        report.batches = batches.batches
        check.end()
        if position > check.last { check.find(.cutOff(after: check.last, known: position, by: .forwarding)) }
        if let start { try await proveRemoval(start, &check) }
        try await proveEnd(&check)
        report.events = check.events
        report.last = check.last
        report.findings = check.findings
        report.suppressed = check.suppressed
        return report
    }

    private func head() async throws -> ChainHead {
        let row = try await client.query("select sequence, hash from audit_head")
        guard row.rowCount == 1 else { return .origin }
        return ChainHead(
            sequence: try row.decode(Int64.self, row: 0, column: 0),
            hash: try row.decode([UInt8].self, row: 0, column: 1))
    }

    /// Checks the checkpoints and finds where the chain begins: behind the last segment that was removed, if a trusted key
    /// signed its end.
    private func begin(
        _ checkpoints: [AuditCheckpoint], head: ChainHead, _ report: inout Report
    ) -> (start: AuditCheckpoint?, ChainCheck) {
        var findings: [AuditFinding] = []
        var removed: AuditCheckpoint?
        var previous: Int64 = 0
        var witnesses: [(head: ChainHead, start: Int64, by: AuditFinding.Witness)] = []
        for checkpoint in checkpoints {
            let number = checkpoint.head.sequence
            if checkpoint.previous != previous { findings.append(.missingCheckpoint(before: number)) }
            if let key = keys[checkpoint.key] {
                if checkpoint.isSigned(by: key) {
                    report.checkpoints += 1
                    report.sealed = number
                    if checkpoint.prunedAt != nil { removed = checkpoint }
                } else {
                    findings.append(.falseSignature(number))
                }
            } else {
                findings.append(.unknownKey(number, fingerprint: checkpoint.key))
            }
            witnesses.append((checkpoint.head, previous, .checkpoint))
            previous = number
        }
        witnesses.append((head, head.sequence, .head))
        if let anchor { witnesses.append((anchor.head, anchor.head.sequence, .anchor)) }
        if let expected { witnesses.append((expected, expected.sequence, .expectation)) }
        witnesses.sort { $0.head.sequence < $1.head.sequence }
        let start = removed?.head ?? .origin
        report.first = start.sequence + 1
        var check = ChainCheck(after: start, witnesses: witnesses)
        for finding in findings { check.find(finding) }
        return (removed, check)
    }

    /// Events, and the batches that end with one of them.
    private struct Page: Sendable {
        let rows: PostgresResult
        var batches: [(batch: BatchSignature, verdict: BatchCheck.Verdict)] = []
    }

    /// Reads page after page; the next one is on its way while one is being hashed.
    private func follow(
        _ check: inout ChainCheck, _ batches: inout BatchCheck, to last: Int64, _ progress: (Int64) -> Void
    ) async throws {
        var page = try await Self.page(client, keys, after: check.last, to: last)
        while let end = page.rows.indices.last {
            let next = try page.rows.decode(Int64.self, row: end, column: 0)
            async let following = Self.page(client, keys, after: next, to: last)
            try check.check(page.rows)
            try batches.check(page.batches, rows: page.rows, &check)
            progress(check.events)
            page = try await following
        }
    }

    /// Signatures are checked here, beside the hashing of the page before: they take longer than anything else.
    @concurrent
    private static func page(
        _ client: PostgresClient, _ keys: [String: AuditPublicKey], after: Int64, to last: Int64
    ) async throws -> Page {
        let rows = try await client.query(AuditRow.page(after: after, to: last, rows: Int64(pageSize)))
        guard let end = rows.indices.last else { return Page(rows: rows) }
        let number = try rows.decode(Int64.self, row: end, column: 0)
        let batches = try await client.query(BatchSignature.select(after: after, to: number))
        return Page(
            rows: rows,
            batches: try batches.map { row in
                let batch = try BatchSignature(row)
                return (batch, BatchCheck.verdict(batch, keys: keys))
            })
    }

    /// Head, rows and batches of one moment: a writer moves them together.
    private func proveEnd(_ check: inout ChainCheck) async throws {
        let row = try await client.query(
            "select min(sequence) from audit_event where sequence > (select max(sequence) from audit_head)")
        if let number = try row.decode(Int64?.self, row: 0, column: 0) { check.find(.behindHead(number)) }
        var known: Int64?
        for row in try await client.query(BatchSignature.behindHead) {
            let batch = try BatchSignature(row)
            let verdict = BatchCheck.verdict(batch, keys: keys)
            if verdict == .signed { known = batch.last } else { check.find(BatchCheck.finding(batch, verdict)) }
        }
        if let known { check.find(.cutOff(after: check.last, known: known, by: .batch)) }
    }

    /// A segment may be missing only if it was past its retention and the trail itself records that it was removed.
    private func proveRemoval(_ removed: AuditCheckpoint, _ check: inout ChainCheck) async throws {
        if removed.signedAt > Date.now.addingTimeInterval(-retention) {
            check.find(.removedTooEarly(upTo: removed.head.sequence))
        }
        // The kind is part of the text, so that the index of these events serves.
        let records = try await client.query(
            """
            select objects from audit_event
            where event = '\(unescaped: AuditEventKind.auditLogPruned.rawValue)' and outcome = 0
                and sequence > \(removed.head.sequence) and sequence <= \(check.last)
            """)
        let isRecorded = try records.contains { row in
            AuditObject.read(try row.decode(String?.self, column: 0)).contains {
                $0.details.contains { $0 == AuditRetention.detail(removed.head) }
            }
        }
        if !isRecorded { check.find(.removedWithoutRecord(upTo: removed.head.sequence)) }
    }
}
