import FoundationEssentials
public import Logging
public import NIOCore
import NIOPosix
public import PostgresKit
public import ServiceLifecycle
import Synchronization

/// Forwards the events to an audit repository by syslog over TLS: in order, at least once, from one node at a time.
///
/// The position is kept in the database and moves when a session has ended with the receiver's confirmation; what was sent
/// in a session that broke is sent again by the next. A receiver that is away costs nothing but its lag.
/// - Source: ITI TF-2: 3.20; RFC 5424, 5425.
public final class SyslogForwarder: Service, Sendable {
    /// Figures for metrics.
    public struct Figures: Sendable {
        /// Events not confirmed by the receiver yet.
        public var lag: Int64 = 0
        /// Age of the oldest of them, in seconds.
        public var lagSeconds = 0.0
        /// Events confirmed, by this node.
        public var forwarded: Int64 = 0
        /// Sessions that failed, by the word of the cause.
        public var failures: [String: Int64] = [:]
    }

    private enum Step {
        /// Nothing to send, or another node sends.
        case idle
        case forwarded(Int64)
    }

    /// Events read at once.
    private static let pageSize: Int64 = 256
    /// A session that has nothing to send for so long is ended, so that what was sent is confirmed.
    private static let idleTime = Duration.seconds(1)
    private static let longestPause = Duration.seconds(60)
    /// How long the end of a session may take when the daemon stops.
    private static let farewell = TimeAmount.seconds(3)
    /// The key of the advisory lock: the ASCII codes of "xds-forw".
    private static let lockKey: Int64 = 0x7864_732d_666f_7277

    private let client: PostgresClient
    private let receiver: Mutex<SyslogReceiver>
    private let renewal: @Sendable () throws -> SyslogReceiver
    private let isStale = Atomic<Bool>(false)
    private let eventLoops: any EventLoopGroup
    private let origin: SyslogMessage.Origin
    private let enterpriseSiteID: String
    private let sessionTime: Duration
    private let logger: Logger
    private let isStopping = Atomic<Bool>(false)
    private let cut = SyslogCut()
    private let counts = Mutex(Figures())

    /// - Parameters:
    ///   - receiver: the first one.
    ///   - renewal: reads its certificates and keys again, before every session and off the event loops. When that fails the ones
    ///     that were read last stay in use.
    ///   - enterpriseSiteID: AuditEnterpriseSiteID of the messages.
    ///   - sessionTime: how long one session lasts at most; what is sent in it may be sent again if it breaks.
    public init(
        client: PostgresClient, receiver: SyslogReceiver, renewal: @escaping @Sendable () throws -> SyslogReceiver,
        eventLoops: any EventLoopGroup, origin: SyslogMessage.Origin, enterpriseSiteID: String,
        sessionTime: Duration = .seconds(10), logger: Logger
    ) {
        self.client = client
        self.receiver = Mutex(receiver)
        self.renewal = renewal
        self.eventLoops = eventLoops
        self.origin = origin
        self.enterpriseSiteID = enterpriseSiteID
        self.sessionTime = sessionTime
        self.logger = logger
    }

    /// Figures as they are now.
    public var figures: Figures { counts.withLock { $0 } }

    /// Forwards until the daemon stops; a session under way is ended in good order.
    public func run() async throws {
        await withTaskCancellationOrGracefulShutdownHandler {
            var pause = Duration.seconds(1)
            var isFailing = false
            while !isOver {
                do {
                    let step = try await forward()
                    if isFailing { logger.notice("audit events are forwarded again") }
                    (isFailing, pause) = (false, .seconds(1))
                    try await measure()
                    if case .idle = step { await rest(.seconds(1)) }
                } catch {
                    guard !isOver else { return }
                    if !isFailing { logger.warning("audit events are not forwarded", metadata: ["cause": "\(error)"]) }
                    isFailing = true
                    let word = (error as? SyslogFailure)?.word ?? "database"
                    counts.withLock { $0.failures[word, default: 0] += 1 }
                    await rest(pause)
                    pause = min(pause * 2, Self.longestPause)
                }
            }
        } onCancelOrGracefulShutdown: {
            self.isStopping.store(true, ordering: .relaxed)
            self.eventLoops.next().scheduleTask(in: Self.farewell) { self.cut.cut() }
        }
    }

    private var isOver: Bool { isStopping.load(ordering: .relaxed) || Task.isCancelled }

    /// Waits, but not beyond the stop.
    private func rest(_ duration: Duration) async {
        let end = ContinuousClock.now.advanced(by: duration)
        while !isOver, ContinuousClock.now < end {
            do { try await Task.sleep(for: .milliseconds(200)) } catch { return }
        }
    }

    /// How far behind the receiver is; a receiver that is away shows here, on every node.
    private func measure() async throws {
        let row = try await client.query(
            """
            select h.sequence - coalesce(p.sequence, 0),
                coalesce((select extract(epoch from now() - event_time)::float8 from audit_event
                          where sequence > coalesce(p.sequence, 0) order by sequence limit 1), 0)
            from audit_head h left join audit_position p on p.reader = 'syslog'
            """)
        let lag = try row.decode(Int64.self, row: 0, column: 0)
        let seconds = try row.decode(Double.self, row: 0, column: 1)
        counts.withLock {
            $0.lag = lag
            $0.lagSeconds = max(0, seconds)
        }
    }

    // MARK: One session

    /// Sends what there is in one session, while holding the lock, and moves the position when it is confirmed.
    private func forward() async throws -> Step {
        do {
            let step = try await client.withTransaction { transaction -> Step in
                let results = try await transaction.execute([
                    "select pg_try_advisory_xact_lock(\(Self.lockKey))",
                    "select sequence from audit_position where reader = 'syslog'",
                ])
                guard try results[0].decode(Bool.self, row: 0, column: 0) else { return .idle }
                let start = results[1].rowCount == 0 ? 0 : try results[1].decode(Int64.self, row: 0, column: 0)
                let first = try await self.page(after: start, in: transaction)
                guard first.rowCount > 0 else { return .idle }
                let last = try await self.session(beginningWith: first, in: transaction)
                _ = try await transaction.query(
                    """
                    insert into audit_position (reader, sequence, reached) values ('syslog', \(last), now())
                    on conflict (reader) do update set sequence = excluded.sequence, reached = excluded.reached
                    """)
                return .forwarded(last - start)
            }
            if case .forwarded(let count) = step { counts.withLock { $0.forwarded += count } }
            return step
        } catch let failure as SyslogFailure {
            try await measure()
            throw failure
        }
    }

    private func session(beginningWith first: PostgresResult, in transaction: PostgresTransaction) async throws -> Int64
    {
        let session = try await SyslogSession.open(await currentReceiver(), on: eventLoops, until: cut)
        do {
            let end = ContinuousClock.now.advanced(by: sessionTime)
            var page = first
            var last: Int64 = 0
            var idleSince: ContinuousClock.Instant?
            while true {
                if page.rowCount > 0 {
                    last = try await send(page, by: session)
                    idleSince = nil
                } else {
                    let since = idleSince ?? .now
                    idleSince = since
                    if since.duration(to: .now) >= Self.idleTime { break }
                    await rest(.milliseconds(200))
                }
                guard !isOver, ContinuousClock.now < end else { break }
                page = try await self.page(after: last, in: transaction)
            }
            try await session.finish()
            return last
        } catch {
            session.abandon()
            throw error
        }
    }

    /// The receiver with the certificates and keys that are on disk now: a renewed one is shown from the next session on.
    private func currentReceiver() async -> SyslogReceiver {
        do {
            let renewal = renewal
            let fresh = try await NIOThreadPool.singleton.runIfActive { try renewal() }
            receiver.withLock { $0 = fresh }
            if isStale.exchange(false, ordering: .relaxed) {
                logger.notice("certificates of audit forwarding can be read again")
            }
            return fresh
        } catch {
            // Told once: there is a session every few seconds.
            if !isStale.exchange(true, ordering: .relaxed) {
                logger.error(
                    "changed certificates of audit forwarding cannot be used; the old ones stay",
                    metadata: ["cause": "\(error)"])
            }
            return receiver.withLock { $0 }
        }
    }

    private func page(after sequence: Int64, in transaction: PostgresTransaction) async throws -> PostgresResult {
        try await transaction.query(AuditRow.page(after: sequence, rows: Self.pageSize))
    }

    /// Sends the events of a page; gives the number of the last.
    private func send(_ page: PostgresResult, by session: SyslogSession) async throws -> Int64 {
        var buffer = ByteBufferAllocator().buffer(capacity: 64 * 1024)
        var last: Int64 = 0
        for row in page {
            last = try row.decode(Int64.self, column: 0)
            do {
                let recorded = try RecordedEvent(row)
                SyslogMessage(
                    recorded.message(enterpriseSiteID: enterpriseSiteID), at: recorded.event.time, from: origin
                ).write(to: &buffer)
            } catch {
                // One row that was damaged must not keep back all that follow.
                logger.critical("an audit event cannot be read and is not forwarded", metadata: ["event": "\(last)"])
            }
            guard buffer.readableBytes >= 64 * 1024 else { continue }
            try await session.send(buffer)
            buffer.clear()
        }
        if buffer.readableBytes > 0 { try await session.send(buffer) }
        return last
    }
}
