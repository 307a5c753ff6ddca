import Synchronization

/// What the caller of a piece of work gets: the results in the order of the queries.
struct PostgresAnswer: Sendable {
    /// The result of the first query; kept apart so that the usual single result needs no array.
    var first: PostgresResult?
    /// The results of the others.
    var others: [PostgresResult] = []
    /// Whether a transaction is open after a script.
    var isInTransaction = false

    /// Appends the result of the next query.
    mutating func append(_ result: PostgresResult) {
        if first == nil { first = result } else { others.append(result) }
    }
}

/// What ties the work of one lease to one session of the server: once the first piece was sent, the rest is sent on
/// the same session or not at all. Without it a transaction would silently go on outside of a transaction after a
/// reconnection.
final class PostgresSession: Sendable {
    /// The number of the session; 0 before the first piece of work was sent.
    let number = Atomic<Int>(0)
}

/// One segment on its way through a connection, and the caller who waits for it.
///
/// The caller is resumed exactly once: the state in the mutex goes from `waiting` to `finished` at the first of
/// answer, deadline, cancellation and loss, whichever thread it happens on.
final class PostgresWork: Sendable {
    /// What is sent.
    enum Content: Sendable {
        /// Prepared statements with a sync point after the last.
        case queries(first: PostgresQuery, others: [PostgresQuery])
        /// Several statements in one text, by the simple protocol, outside of pipeline mode.
        case script(String)
    }

    /// Which session it may be sent on.
    enum Binding: Sendable {
        /// Any; each query is its own transaction and may be sent again when its statement became stale.
        case none
        /// The first of a lease.
        case begins(PostgresSession)
        /// A later one of a lease.
        case continues(PostgresSession)
    }

    /// Whether the server may be asked to stop it when its caller is gone.
    enum Interruption: Sendable {
        case allowed
        /// For COMMIT and ROLLBACK.
        case forbidden
    }

    typealias Outcome = Result<PostgresAnswer, PostgresError>

    private enum Completion {
        case new
        case waiting(UnsafeContinuation<Outcome, Never>)
        case cancelled
        case finished
    }

    private struct State {
        var completion = Completion.new
        var isSent = false
        var isRetried = false
    }

    let content: Content
    let binding: Binding
    let interruption: Interruption
    /// When the caller stops to wait.
    let deadline: ContinuousClock.Instant
    /// When it fails unless a connection was made.
    let connectDeadline: ContinuousClock.Instant
    private let state = Mutex(State())

    /// Work that nobody waits for yet.
    init(
        _ content: Content, binding: Binding, interruption: Interruption, deadline: ContinuousClock.Instant,
        connectDeadline: ContinuousClock.Instant
    ) {
        self.content = content
        self.binding = binding
        self.interruption = interruption
        self.deadline = deadline
        self.connectDeadline = connectDeadline
    }

    /// The caller waits from now on.
    /// - Returns: false when the task was cancelled before; the caller has been resumed then.
    func begin(_ continuation: UnsafeContinuation<Outcome, Never>) -> Bool {
        let isCancelled = state.withLock { state in
            if case .cancelled = state.completion {
                state.completion = .finished
                return true
            }
            state.completion = .waiting(continuation)
            return false
        }
        if isCancelled { continuation.resume(returning: .failure(PostgresError(.cancelled))) }
        return !isCancelled
    }

    /// The task of the caller was cancelled.
    /// - Returns: whether the caller was waiting and has been resumed now.
    func cancel() -> Bool {
        let resumed = state.withLock { state -> (UnsafeContinuation<Outcome, Never>, isSent: Bool)? in
            switch state.completion {
            case .new:
                state.completion = .cancelled
                return nil
            case .waiting(let continuation):
                state.completion = .finished
                return (continuation, state.isSent)
            case .cancelled, .finished:
                return nil
            }
        }
        guard let (continuation, isSent) = resumed else { return false }
        continuation.resume(returning: .failure(PostgresError(.cancelled, isSent: isSent)))
        return true
    }

    /// Gives the caller the outcome, if it still waits.
    /// - Returns: whether it did.
    @discardableResult
    func finish(_ outcome: Outcome) -> Bool {
        let continuation = state.withLock { state -> UnsafeContinuation<Outcome, Never>? in
            guard case .waiting(let continuation) = state.completion else { return nil }
            state.completion = .finished
            return continuation
        }
        guard let continuation else { return false }
        continuation.resume(returning: outcome)
        return true
    }

    /// Fails with a code; the error says whether the work had been sent.
    @discardableResult
    func fail(_ code: PostgresError.Code, sqlState: SQLState? = nil, message: String = "") -> Bool {
        let isSent = state.withLock { $0.isSent }
        return finish(.failure(PostgresError(code, sqlState: sqlState, message: message, sql: sql, isSent: isSent)))
    }

    /// The work is about to be sent.
    /// - Returns: false when nobody waits for it any more, so that it need not be.
    func willSend() -> Bool {
        state.withLock { state in
            guard case .waiting = state.completion else { return false }
            state.isSent = true
            return true
        }
    }

    /// Whether the caller is gone.
    var isFinished: Bool {
        state.withLock { state in
            if case .waiting = state.completion { false } else { true }
        }
    }

    /// Allows one more try to a single query of its own transaction.
    func takeRetry() -> Bool {
        guard case .none = binding else { return false }
        return state.withLock { state in
            guard !state.isRetried else { return false }
            state.isRetried = true
            return true
        }
    }

    /// The text, for errors: of the first query.
    private var sql: String {
        switch content {
        case .queries(let first, _): first.sql
        case .script(let text): text
        }
    }

    /// The text of a query by its position.
    func sql(at position: Int) -> String? {
        guard case .queries(let first, let others) = content else { return nil }
        if position == 0 { return first.sql }
        return others.indices.contains(position - 1) ? others[position - 1].sql : nil
    }
}
