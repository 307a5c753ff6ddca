public import Logging
public import PostgresKit
import Synchronization

/// Writes events at the end of the chain. Used by one task at a time; several journals, of several nodes, share the chain.
public final class AuditJournal: Sendable {
    private let client: PostgresClient
    private let source: AuditSource
    private let logger: Logger
    /// The head as this journal left it; `nil` when it has to be read.
    private let known = Mutex<ChainHead?>(nil)
    private let last = Mutex<ChainHead?>(nil)
    private let lost = Mutex<ChainHead?>(nil)

    /// A journal in the database of `client`.
    public init(client: PostgresClient, source: AuditSource, logger: Logger) {
        self.client = client
        self.source = source
        self.logger = logger
    }

    /// The last head that this journal wrote.
    public var head: ChainHead? { last.withLock { $0 } }

    /// A head that this node left and that is not in the trail any more: the trail was cut off or rewritten. `nil` if all is well.
    ///
    /// Events are recorded all the same, so that the network goes on, but nothing is signed until an administrator has looked.
    public var lostHead: ChainHead? { lost.withLock { $0 } }

    /// Notes a head that is gone, and tells it once.
    func lose(_ mine: ChainHead) {
        let isNew = lost.withLock { lost in
            defer { lost = lost ?? mine }
            return lost == nil
        }
        guard isNew else { return }
        logger.critical(
            "the audit trail is not the one this node left; nothing is signed any more; run \"audit verify\"",
            metadata: ["noted": "\(mine)"])
    }

    /// Goes on from the trail as it is, as an administrator decided.
    func acceptLoss() {
        lost.withLock { $0 = nil }
        // What was remembered is of the trail that was lost.
        last.withLock { $0 = nil }
    }

    /// Whether a head is in the trail, or was before events past their retention were removed.
    static func has(_ head: ChainHead, in transaction: PostgresTransaction) async throws -> Bool {
        try await transaction.query(
            """
            select exists (select from audit_event where sequence = \(head.sequence) and hash = \(head.hash))
                or exists (select from audit_checkpoint where pruned_at is not null and sequence >= \(head.sequence))
            """
        ).decode(Bool.self, row: 0, column: 0)
    }

    /// Writes events, all or none; returns when they are durable.
    ///
    /// Usually one statement. When another node wrote in between, the head is read and held, and the events are linked again.
    public func append(_ events: [AuditEvent]) async throws {
        var doubtful: [ChainHead] = []
        try await append(events, &doubtful)
    }

    /// Writes events, all or none, and tries again while that fails and there is time. They are written once, also where it was
    /// not known of an attempt whether it had been committed.
    /// - Throws: why the last attempt failed.
    public func append(_ events: [AuditEvent], tryingFor time: Duration) async throws {
        let end = ContinuousClock.now.advanced(by: time)
        var doubtful: [ChainHead] = []
        while true {
            do {
                return try await append(events, &doubtful)
            } catch {
                guard ContinuousClock.now.advanced(by: Self.pause) < end else { throw error }
                logger.warning("audit events could not be written and are tried again", metadata: ["cause": "\(error)"])
                try await Task.sleep(for: Self.pause)
            }
        }
    }

    private static let pause = Duration.milliseconds(100)

    /// - Parameter doubtful: the heads of attempts to write these events of which it is not known whether they were committed.
    private func append(_ events: [AuditEvent], _ doubtful: inout [ChainHead]) async throws {
        guard !events.isEmpty else { return }
        guard let previous = known.withLock({ $0 }) else { return try await appendUnderLock(events, &doubtful) }
        let batch = try AuditBatch(events, after: previous, source: source)
        do {
            let written = try await client.query(batch.statement).affectedRows
            if written == batch.rows.count { return advance(to: batch.head) }
        } catch let error where error.code == .connectionLost || error.code == .timedOut {
            // It may have been written or not: the row itself will tell.
            known.withLock { $0 = nil }
            doubtful.append(batch.head)
        } catch {
            known.withLock { $0 = nil }
            throw error
        }
        try await appendUnderLock(events, &doubtful)
    }

    /// Writes while holding the lock of the head, so that nobody comes in between.
    private func appendUnderLock(_ events: [AuditEvent], _ doubtful: inout [ChainHead]) async throws {
        let source = source
        let mine = self.head
        let (isWhole, written) = try await client.withTransaction { transaction -> (Bool, ChainHead) in
            let head = try await Self.lockedHead(in: transaction)
            var isWhole = true
            if let mine, mine != head { isWhole = try await Self.has(mine, in: transaction) }
            for attempt in doubtful {
                let exists = try await transaction.query(
                    """
                    select exists (select from audit_event where sequence = \(attempt.sequence) and hash = \(attempt.hash))
                    """
                ).decode(Bool.self, row: 0, column: 0)
                if exists { return (isWhole, head) }
            }
            let batch = try AuditBatch(events, after: head, source: source)
            doubtful.append(batch.head)
            try await transaction.executeAndCommit([batch.statement])
            return (isWhole, batch.head)
        }
        if let mine, !isWhole { lose(mine) }
        advance(to: written)
    }

    /// Writes events in a transaction of somebody else's: they are there if and only if it commits. Other writers wait for its
    /// end, so it should be near.
    public static func append(_ events: [AuditEvent], from source: AuditSource, in transaction: PostgresTransaction)
        async throws
    {
        guard !events.isEmpty else { return }
        let batch = try AuditBatch(events, after: await lockedHead(in: transaction), source: source)
        _ = try await transaction.query(batch.statement)
    }

    private static func lockedHead(in transaction: PostgresTransaction) async throws -> ChainHead {
        let row = try await transaction.query("select sequence, hash from audit_head for update")
        return ChainHead(
            sequence: try row.decode(Int64.self, row: 0, column: 0),
            hash: try row.decode([UInt8].self, row: 0, column: 1))
    }

    private func advance(to head: ChainHead) {
        known.withLock { $0 = head }
        last.withLock { $0 = head }
    }
}
