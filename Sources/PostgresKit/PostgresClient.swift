public import Logging
public import ServiceLifecycle
import Synchronization

/// Queries and transactions on a PostgreSQL server, over a few connections that stay open.
///
/// Queries share connections in pipeline mode: many are in flight on each, and they do not affect one another.
/// Transactions lease a connection. Connections are made when they are first needed, or by ``run()``, and made again
/// with growing pauses after they were lost: what was in flight fails with `connectionLost`, what comes later waits
/// up to `connectWait` and succeeds.
///
/// As a service it opens its connections at once and, on graceful shutdown, finishes what was accepted. Without one,
/// call ``shutDown()``.
public final class PostgresClient: Service, Sendable {
    /// How the client was configured.
    public let configuration: PostgresConfiguration
    private let shared: [PostgresConnection]
    private let leased: [PostgresConnection]
    private let leases: LeaseQueue
    private let counters: PostgresCounters
    private let logger: Logger

    /// A client without a connection yet.
    public init(configuration: PostgresConfiguration, logger: Logger) {
        let counters = PostgresCounters()
        let leases = LeaseQueue(
            size: max(configuration.leasedConnections, 1), wait: configuration.leaseWait,
            waitersLimit: configuration.queriesAccepted)
        self.configuration = configuration
        self.counters = counters
        self.leases = leases
        self.logger = logger
        shared = (0..<max(configuration.sharedConnections, 1)).map { index in
            let name = "shared-\(index)"
            var logger = logger
            logger[metadataKey: "connection"] = "\(name)"
            return PostgresConnection(
                name: name, configuration: configuration, role: .shared, counters: counters, logger: logger,
                onReadiness: { _ in })
        }
        leased = (0..<max(configuration.leasedConnections, 1)).map { index in
            let name = "leased-\(index)"
            var logger = logger
            logger[metadataKey: "connection"] = "\(name)"
            return PostgresConnection(
                name: name, configuration: configuration, role: .leased, counters: counters, logger: logger,
                onReadiness: { leases.availabilityChanged(index, isReady: $0) })
        }
    }

    deinit {
        // Ends the threads of a client that was dropped; nobody can be waiting for an answer without holding it.
        for connection in shared + leased { connection.close() }
    }

    /// Opens the shared connections and keeps them until graceful shutdown or cancellation.
    public func run() async throws {
        for connection in shared { connection.start() }
        do {
            try await gracefulShutdown()
        } catch {
            // The task was cancelled instead: the same end.
        }
        await shutDown()
    }

    /// Runs one query, in a transaction of its own, on a connection shared with others.
    ///
    /// When the caller leaves, at the deadline or because its task is cancelled, the query is left to run to its end
    /// or to the server's `statement_timeout`; a write may still take effect.
    /// - Parameter timeout: how long to wait; the configuration's `queryTimeout` by default.
    public func query(
        _ query: PostgresQuery, timeout: Duration? = nil
    ) async throws(PostgresError) -> PostgresResult {
        try Self.check(query)
        let now = ContinuousClock.now
        let work = PostgresWork(
            .queries(first: query, others: []), binding: .none, interruption: .allowed,
            deadline: now.advanced(by: timeout ?? configuration.queryTimeout),
            connectDeadline: now.advanced(by: configuration.connectWait))
        let answer = try await leastLoaded().run(work).get()
        guard let result = answer.first else { throw PostgresError(.protocolViolation) }
        return result
    }

    /// Runs a body in a transaction on a connection of its own; commits when it returns and rolls back when it throws
    /// or the task is cancelled.
    ///
    /// After its first query the body runs on the thread of the connection, so that nothing is between an answer and what is made of
    /// it. An error of the commit itself is thrown; it leaves nothing committed unless `outcomeIsUnknown`.
    public func withTransaction<R: Sendable>(
        isolation: IsolationLevel = .readCommitted, durability: CommitDurability = .immediate,
        _ body: (PostgresTransaction) async throws -> R
    ) async throws -> R {
        try await withLease { connection in
            let transaction = PostgresTransaction(connection: connection, isolation: isolation, durability: durability)
            do {
                let value = try await body(transaction)
                guard !Task.isCancelled || transaction.isOver else { throw PostgresError(.cancelled) }
                try await transaction.commit()
                return value
            } catch {
                await transaction.rollback()
                throw error
            }
        }
    }

    /// Runs a body with a connection of its own; from its first wait on, on the thread of that connection.
    func withLease<R: Sendable>(_ body: (PostgresConnection) async throws -> R) async throws -> R {
        let slot = try await leases.lease()
        let connection = leased[slot]
        return try await withTaskExecutorPreference(connection.executor) {
            // Here, and not where the caller goes on: others wait for the connection.
            defer {
                if case .close(let slot) = leases.giveBack(slot) { leased[slot].drain() }
            }
            return try await body(connection)
        }
    }

    /// The thread of the first shared connection. A task that prefers it and does one query after the other goes on as soon as an answer
    /// came, without a change of thread; while it works, the connection serves nobody. Before the connection is opened, while it looks
    /// up its server, and after its end, the task runs on the global executor.
    public var sharedExecutor: any TaskExecutor { shared[0].executor }

    /// Whether a query would be sent at once.
    public var isReady: Bool {
        shared.contains { $0.isReady.load(ordering: .relaxed) }
    }

    /// Asks the server for an answer.
    public func ping() async throws(PostgresError) {
        _ = try await query("select 1", timeout: configuration.connectWait)
    }

    /// Gauges and counters as they are now.
    public var statistics: PostgresPoolStatistics {
        var statistics = PostgresPoolStatistics()
        for connection in shared + leased {
            statistics.inFlight += connection.outstanding.load(ordering: .relaxed)
            if connection.isReady.load(ordering: .relaxed) {
                statistics.ready += 1
            } else if connection.isOpen {
                statistics.unavailable += 1
            }
        }
        let counts = leases.counts
        statistics.leased = counts.leased
        statistics.idle = counts.idle
        statistics.waiting = counts.waiting
        statistics.completed = counters.completed.load(ordering: .relaxed)
        statistics.abandoned = counters.abandoned.load(ordering: .relaxed)
        statistics.prepared = counters.prepared.load(ordering: .relaxed)
        statistics.lost = counters.lost.load(ordering: .relaxed)
        statistics.connected = counters.connected.load(ordering: .relaxed)
        return statistics
    }

    /// Refuses what comes from now on, finishes what was accepted, and closes the connections, after `shutdownWait` at
    /// the latest. Goes on if the task is cancelled.
    public func shutDown() async {
        let limit = ContinuousClock.now.advanced(by: configuration.shutdownWait)
        for connection in shared + leased { connection.close(by: limit) }
        for connection in shared { connection.drain() }
        for slot in leases.shutDown() { leased[slot].drain() }
        for connection in shared + leased { await connection.ended() }
    }

    /// What libpq or the protocol would refuse.
    static func check(_ query: PostgresQuery) throws(PostgresError) {
        guard query.binds.count <= PostgresBindings.maximumCount else {
            throw PostgresError(.invalidRequest, message: "more than 65,535 parameters", sql: query.sql)
        }
    }

    /// What libpq or the protocol would refuse.
    static func check(_ queries: [PostgresQuery]) throws(PostgresError) {
        for query in queries { try check(query) }
    }

    /// A connection that is ready and has the fewest queries; of those that are not ready if there is none.
    private func leastLoaded() -> PostgresConnection {
        var best = shared[0]
        var bestLoad = Int.max
        for connection in shared {
            var load = connection.outstanding.load(ordering: .relaxed)
            if !connection.isReady.load(ordering: .relaxed) { load += Self.notReadyPenalty }
            if load < bestLoad {
                best = connection
                bestLoad = load
            }
        }
        return best
    }

    private static let notReadyPenalty = 1 << 32
}
