public import Logging
public import PostgresKit
import Synchronization
public import XDSMetadata

/// Writes events at the end of the chain. Used by one task at a time; several journals, of several nodes, share the chain.
public final class AuditJournal: Sendable {
    /// Events would be written unsigned at the end of a trail that is signed.
    public struct KeyMissing: Error, CustomStringConvertible {
        /// For the administrator.
        public var description: String {
            "the audit trail is signed, so whatever writes to it needs a signing key: set audit.signingKey"
        }
    }

    /// A connection was lost while events were written, and what they rest on has changed since: whether they were written is not
    /// known, and they may not be written again.
    public struct Uncertain: Error, CustomStringConvertible {
        /// One sentence.
        public var description: String { "it is not known whether audit events were written" }
    }

    private let client: PostgresClient
    private let source: AuditSource
    private let key: AuditSigningKey?
    private let fingerprint: String?
    private let logger: Logger
    /// The head as this journal found or left it; `nil` when it has to be read.
    private let known = Mutex<ChainHead?>(nil)
    /// Where signing began, as far as this node has ever read: remembered, so that batches which are removed are missed.
    private let since = Mutex<Int64?>(nil)
    private let last = Mutex<ChainHead?>(nil)
    private let lost = Mutex<ChainHead?>(nil)
    private let isUnsignedTold = Mutex(false)

    /// A journal in the database of `client`.
    /// - Parameter key: signs what is written; without one it is written unsigned, and the first of it is refused where the trail
    ///   is signed already.
    public init(client: PostgresClient, source: AuditSource, key: AuditSigningKey?, logger: Logger) {
        self.client = client
        self.source = source
        self.key = key
        fingerprint = key?.publicKey.fingerprint
        self.logger = logger
    }

    /// Where one group is written after the other without a change of thread, unless the head has to be read: that is a transaction.
    var executor: any TaskExecutor { client.sharedExecutor }

    /// The last head that this journal wrote.
    public var head: ChainHead? { last.withLock { $0 } }

    /// A head that this node left and that is not in the trail any more: the trail was cut off or rewritten. `nil` if all is well.
    ///
    /// Events are recorded all the same, so that the network goes on, but no checkpoint is signed until an administrator has looked.
    public var lostHead: ChainHead? { lost.withLock { $0 } }

    /// Notes a head that is gone, and tells it once.
    func lose(_ mine: ChainHead) {
        let isNew = lost.withLock { lost in
            defer { lost = lost ?? mine }
            return lost == nil
        }
        guard isNew else { return }
        logger.critical(
            "the audit trail is not the one this node left; no checkpoint is signed any more; run \"audit verify\"",
            metadata: ["noted": "\(mine)"])
    }

    /// Goes on from the trail as it is, as an administrator decided.
    func acceptLoss() {
        lost.withLock { $0 = nil }
        // What was remembered is of the trail that was lost.
        last.withLock { $0 = nil }
        since.withLock { $0 = nil }
    }

    /// Number of the event with which signing began; `nil` when nothing is signed or nothing was written yet.
    var signedSince: Int64? { since.withLock { $0 } }

    /// Takes over what this node knew in an earlier life.
    func remember(signedSince number: Int64) {
        since.withLock { $0 = min($0 ?? number, number) }
    }

    /// What signs behind a head that is known; `nil` without a key, and when it has to be read where signing began.
    private var signer: BatchSigner? {
        guard let key, let fingerprint, let since = signedSince else { return nil }
        return BatchSigner(key: key, fingerprint: fingerprint, since: since)
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
    /// - Parameter premises: nothing is written unless all of them are true.
    /// - Returns: those that are not; empty if the events were written.
    /// - Throws: ``KeyMissing`` when this journal has written nothing yet, and what keeps the events from being written.
    @discardableResult
    public func append(
        _ events: [AuditEvent], while premises: [EventPremise] = []
    ) async throws -> Set<EventPremise> {
        try await append(encoded(events), while: premises)
    }

    /// The same with events that ``encoded(_:)`` made.
    func append(_ events: [EncodedEvent], while premises: [EventPremise]) async throws -> Set<EventPremise> {
        var doubtful: [ChainHead] = []
        return try await append(events, while: premises, &doubtful)
    }

    /// Events as this journal writes them.
    /// - Throws: when one of them cannot be written.
    func encoded(_ events: [AuditEvent]) throws -> [EncodedEvent] {
        try EncodedEvent.make(events, from: source)
    }

    /// Writes events, all or none, and tries again while that fails and there is time. They are written once, also where it was
    /// not known of an attempt whether it had been committed.
    /// - Throws: why the last attempt failed.
    public func append(_ events: [AuditEvent], tryingFor time: Duration) async throws {
        let end = ContinuousClock.now.advanced(by: time)
        let events = try encoded(events)
        var doubtful: [ChainHead] = []
        while true {
            do {
                _ = try await append(events, while: [], &doubtful)
                return
            } catch {
                guard ContinuousClock.now.advanced(by: Self.pause) < end else { throw error }
                logger.warning("audit events could not be written and are tried again", metadata: ["cause": "\(error)"])
                try await Task.sleep(for: Self.pause)
            }
        }
    }

    private static let pause = Duration.milliseconds(100)

    /// - Parameter doubtful: the heads of attempts to write these events of which it is not known whether they were committed.
    private func append(
        _ events: [EncodedEvent], while premises: [EventPremise], _ doubtful: inout [ChainHead]
    ) async throws -> Set<EventPremise> {
        guard !events.isEmpty else { return [] }
        let signer = signer
        guard let previous = known.withLock({ $0 }), (signer == nil) == (key == nil) else {
            return try await appendUnderLock(events, while: premises, &doubtful)
        }
        let batch = try AuditBatch(events, while: premises, after: previous, signer: signer)
        do {
            let written = try await client.query(batch.statement).affectedRows
            if written == batch.rows.count {
                advance(to: batch.head)
                return []
            }
        } catch let error where error.code == .connectionLost || error.code == .timedOut {
            // It may have been written or not: the row itself will tell.
            known.withLock { $0 = nil }
            doubtful.append(batch.head)
        } catch {
            known.withLock { $0 = nil }
            throw error
        }
        // Nothing was written: the head is another one, or a premise is not true. The lock of the head is only needed for the former.
        if doubtful.isEmpty, !premises.isEmpty {
            let failing = try EventPremise.read(await client.query(EventPremise.failing(premises)))
            if !failing.isEmpty { return failing }
        }
        return try await appendUnderLock(events, while: premises, &doubtful)
    }

    /// Writes while holding the lock of the head, so that nobody comes in between.
    private func appendUnderLock(
        _ events: [EncodedEvent], while premises: [EventPremise], _ doubtful: inout [ChainHead]
    ) async throws -> Set<EventPremise> {
        let (source, key) = (source, key)
        let mine = self.head
        let remembered = signedSince
        let (isWhole, written, signer, failing) = try await client.withTransaction {
            transaction -> (Bool, ChainHead, BatchSigner?, Set<EventPremise>) in
            let end = try await Self.lockedEnd(in: transaction, source: source, key: key)
            let head = end.head
            if key == nil, end.since != nil {
                // A daemon that has served goes on: the network does not stop because another node began to sign.
                guard mine != nil else { throw KeyMissing() }
                self.tellUnsigned()
            }
            let signer = end.signer(key, remembering: remembered)
            var isWhole = true
            if let mine, mine != head { isWhole = try await Self.has(mine, in: transaction) }
            for attempt in doubtful {
                let exists = try await transaction.query(
                    """
                    select exists (select from audit_event where sequence = \(attempt.sequence) and hash = \(attempt.hash))
                    """
                ).decode(Bool.self, row: 0, column: 0)
                if exists { return (isWhole, head, signer, []) }
            }
            if !premises.isEmpty {
                let failing = try EventPremise.read(await transaction.query(EventPremise.failing(premises)))
                if !failing.isEmpty {
                    // An attempt that is still on its way may find the head as it is.
                    guard doubtful.isEmpty else { throw Uncertain() }
                    return (isWhole, head, signer, failing)
                }
            }
            let batch = try AuditBatch(events, after: head, signer: signer)
            doubtful.append(batch.head)
            try await transaction.executeAndCommit([batch.statement])
            return (isWhole, batch.head, signer, [])
        }
        if let mine, !isWhole { lose(mine) }
        guard failing.isEmpty else {
            known.withLock { $0 = written }
            return failing
        }
        if let signer { remember(signedSince: signer.since) }
        advance(to: written)
        return []
    }

    private func tellUnsigned() {
        let isTold = isUnsignedTold.withLock { isTold in
            defer { isTold = true }
            return isTold
        }
        if !isTold { logger.error("audit events of this node are not signed, but the trail is: set audit.signingKey") }
    }

    /// Writes events in a transaction of somebody else's: they are there if and only if it commits. Other writers wait for its
    /// end, so it should be near.
    /// - Parameter key: signs them.
    /// - Throws: ``KeyMissing`` without a key where the trail is signed, and what keeps the events from being written.
    public static func append(
        _ events: [AuditEvent], from source: AuditSource, signedWith key: AuditSigningKey?,
        in transaction: PostgresTransaction
    ) async throws {
        guard !events.isEmpty else { return }
        let end = try await lockedEnd(in: transaction, source: source, key: key)
        if key == nil, end.since != nil { throw KeyMissing() }
        let batch = try AuditBatch(
            EncodedEvent.make(events, from: source), after: end.head, signer: end.signer(key, remembering: nil))
        _ = try await transaction.query(batch.statement)
    }

    /// The end of the chain, which nobody else can move until the transaction is over.
    private struct LockedEnd {
        let head: ChainHead
        /// Where signing began, as the last batch says; `nil` when nothing is signed.
        let since: Int64?

        /// What signs the events behind it. Signing begins with them if it has not begun.
        func signer(_ key: AuditSigningKey?, remembering known: Int64?) -> BatchSigner? {
            key.map { key in
                let next = head.sequence + 1
                return BatchSigner(
                    key: key, fingerprint: key.publicKey.fingerprint, since: min(known ?? next, since ?? next, next))
            }
        }
    }

    /// Locks the head, and makes the key known before anything is signed with it.
    private static func lockedEnd(
        in transaction: PostgresTransaction, source: AuditSource, key: AuditSigningKey?
    ) async throws -> LockedEnd {
        // A statement of its own reads the batch: one that waits for a lock sees what was there before it waited.
        var queries: [PostgresQuery] = [
            "select sequence, hash from audit_head for update",
            "select since from audit_batch order by last desc limit 1",
        ]
        if let published = key?.publicKey {
            queries.append(
                """
                insert into audit_key (fingerprint, public_key, source)
                values (\(published.fingerprint), \(published.pem), \(source.node)) on conflict do nothing
                """)
        }
        let results = try await transaction.execute(queries)
        return LockedEnd(
            head: ChainHead(
                sequence: try results[0].decode(Int64.self, row: 0, column: 0),
                hash: try results[0].decode([UInt8].self, row: 0, column: 1)),
            since: results[1].rowCount == 0 ? nil : try results[1].decode(Int64.self, row: 0, column: 0))
    }

    private func advance(to head: ChainHead) {
        known.withLock { $0 = head }
        last.withLock { $0 = head }
    }
}
