import Synchronization

/// A transaction on a connection of its own, given to the body of ``PostgresClient/withTransaction(isolation:durability:_:)``.
///
/// BEGIN travels with the first queries. After an error the server refuses everything until the transaction is rolled
/// back, so the first error should leave the body.
public struct PostgresTransaction: Sendable {
    private final class Context: Sendable {
        let connection: PostgresConnection
        let isolation: IsolationLevel
        let durability: CommitDurability
        let session = PostgresSession()
        let state = Mutex(TransactionStateMachine())

        init(connection: PostgresConnection, isolation: IsolationLevel, durability: CommitDurability) {
            self.connection = connection
            self.isolation = isolation
            self.durability = durability
        }

        /// What opens the transaction.
        var beginning: [PostgresQuery] { [isolation.begin] + durability.settings }
    }

    private let context: Context

    /// A transaction of which nothing was sent yet.
    init(connection: PostgresConnection, isolation: IsolationLevel, durability: CommitDurability) {
        context = Context(connection: connection, isolation: isolation, durability: durability)
    }

    /// Runs one query.
    /// - Parameter timeout: how long to wait; the configuration's `queryTimeout` by default.
    public func query(
        _ query: PostgresQuery, timeout: Duration? = nil
    ) async throws(PostgresError) -> PostgresResult {
        let results = try await send([query], ending: .open, timeout: timeout)
        guard let result = results.first else { throw PostgresError(.protocolViolation) }
        return result
    }

    /// Runs queries in one round trip and gives their results in the same order.
    ///
    /// - Throws: the first error; its `position` tells which query it was, and those after it were not run.
    @discardableResult
    public func execute(
        _ queries: [PostgresQuery], timeout: Duration? = nil
    ) async throws(PostgresError) -> [PostgresResult] {
        guard !queries.isEmpty else { return [] }
        return try await send(queries, ending: .open, timeout: timeout)
    }

    /// Runs queries and commits in the same round trip. Nothing can be sent in the transaction afterwards.
    ///
    /// - Throws: the first error; nothing is committed then, unless `outcomeIsUnknown`.
    @discardableResult
    public func executeAndCommit(
        _ queries: [PostgresQuery], timeout: Duration? = nil
    ) async throws(PostgresError) -> [PostgresResult] {
        try await send(queries, ending: .committed, timeout: timeout)
    }

    // MARK: The end, called by the client

    /// Whether the transaction was committed by the body.
    var isOver: Bool { context.state.withLock { $0.state == .over } }

    /// Commits what the body did.
    func commit() async throws(PostgresError) {
        switch context.state.withLock({ $0.commit() }) {
        case .none:
            return
        case .refuse:
            throw PostgresError(.transactionFailed, message: "a query failed and its error was not thrown on")
        case .send:
            let answer = try await run(["commit"], leading: 0, ending: .committed, timeout: nil)
            try finishCommit(answer.first)
        }
    }

    /// Rolls back. A connection that cannot say in time that it did is given up; the server rolls back then.
    func rollback() async {
        guard context.state.withLock({ $0.rollback() }) == .send else { return }
        let now = ContinuousClock.now
        let work = PostgresWork(
            .queries(first: "rollback", others: []), binding: .continues(context.session), interruption: .forbidden,
            deadline: now.advanced(by: Self.rollbackWait), connectDeadline: now)
        switch await context.connection.runShielded(work) {
        case .success: return
        case .failure(let error):
            // On another session there is nothing to roll back.
            if error.code != .connectionLost, error.code != .serverUnavailable { context.connection.reset() }
        }
    }

    private static let rollbackWait = Duration.seconds(5)

    // MARK: Sending

    private enum Ending {
        case open
        case committed
    }

    private func send(
        _ queries: [PostgresQuery], ending: Ending, timeout: Duration?
    ) async throws(PostgresError) -> [PostgresResult] {
        try PostgresClient.check(queries)
        let action = context.state.withLock { ending == .open ? $0.send() : $0.sendAndCommit() }
        guard action != .refuse else { throw PostgresError(.transactionFailed) }
        var all = action == .beginAndSend ? context.beginning : []
        let leading = all.count
        all.reserveCapacity(leading + queries.count + 1)
        all += queries
        if ending == .committed { all.append("commit") }
        let answer = try await run(all, leading: leading, ending: ending, timeout: timeout)
        var results = answer.others
        if leading > 0 {
            results.removeFirst(leading - 1)
        } else if let first = answer.first {
            results.insert(first, at: 0)
        }
        if ending == .committed { try finishCommit(results.popLast()) }
        return results
    }

    /// - Parameter leading: how many of the queries open the transaction.
    private func run(
        _ queries: [PostgresQuery], leading: Int, ending: Ending, timeout: Duration?
    ) async throws(PostgresError) -> PostgresAnswer {
        let configuration = context.connection.configuration
        let now = ContinuousClock.now
        let work = PostgresWork(
            .queries(first: queries[0], others: Array(queries.dropFirst())),
            binding: leading > 0 ? .begins(context.session) : .continues(context.session),
            interruption: ending == .open ? .allowed : .forbidden,
            deadline: now.advanced(by: timeout ?? configuration.queryTimeout),
            connectDeadline: now.advanced(by: configuration.connectWait))
        do {
            // A commit that was begun is waited for: whoever leaves now would not know what happened.
            let outcome =
                ending == .open ? await context.connection.run(work) : await context.connection.runShielded(work)
            return try outcome.get()
        } catch {
            context.state.withLock { $0.queryFailed() }
            var error = ending == .open ? error.rolledBack : error
            if let position = error.position { error.position = max(0, position - leading) }
            throw error
        }
    }

    /// The server answers COMMIT of a failed transaction with ROLLBACK and no error.
    private func finishCommit(_ result: PostgresResult?) throws(PostgresError) {
        context.state.withLock { $0.ended() }
        guard result?.commandTag == "COMMIT" else { throw PostgresError(.transactionFailed) }
    }
}
