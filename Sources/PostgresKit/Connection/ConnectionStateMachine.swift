/// The life of one connection, without a socket: events in, the next action out.
///
/// The owner's thread performs the action and reports what came of it. Work may wait in the owner's queue in every
/// state but `closed`.
struct ConnectionStateMachine {
    /// Where the connection stands.
    enum State: Equatable {
        /// Nothing was opened yet. -> connecting (`start`), closed (`drain`, `close`)
        case idle
        /// An attempt is on its way. -> ready (`connected`), waiting (`failed`, `tick` past the deadline), closed
        case connecting(failures: Int, deadline: ContinuousClock.Instant)
        /// Queries can be sent. -> waiting (`failed`), closed (`workFinished` when draining, `close`)
        case ready
        /// A pause before the next attempt. -> connecting (`tick` past the end), closed
        case waiting(failures: Int, until: ContinuousClock.Instant)
        /// The end; nothing leaves it.
        case closed
    }

    /// What the owner has to do.
    enum Action: Equatable {
        /// Nothing.
        case none
        /// Begin to connect.
        case open
        /// Send what is queued.
        case serve
        /// Free the handle, fail what was sent, and wait.
        case discard
        /// Free the handle, fail whatever is left, and end.
        case close
    }

    /// The state now.
    private(set) var state = State.idle
    /// Whether the connection ends as soon as no work is left.
    private(set) var isDraining = false
    /// When the connection ends with work left.
    private var limit: ContinuousClock.Instant?
    private let connectTimeout: Duration
    private let backoff: Backoff

    /// A connection that was not opened yet.
    init(connectTimeout: Duration, backoff: Backoff) {
        self.connectTimeout = connectTimeout
        self.backoff = backoff
    }

    /// Opens the connection.
    mutating func start(now: ContinuousClock.Instant) -> Action {
        guard state == .idle else { return .none }
        state = .connecting(failures: 0, deadline: now.advanced(by: connectTimeout))
        return .open
    }

    /// The attempt succeeded and the session is set up.
    mutating func connected() -> Action {
        guard case .connecting = state else { return .none }
        state = .ready
        return .serve
    }

    /// The attempt failed, or the connection was lost or given up.
    /// - Parameter jitter: a random number from 0 to 1.
    mutating func failed(now: ContinuousClock.Instant, jitter: Double) -> Action {
        let failures: Int
        switch state {
        case .connecting(let before, _): failures = before + 1
        case .ready: failures = 0
        case .idle, .waiting, .closed: return .none
        }
        let pause = backoff.pause(failures: failures, jitter: jitter)
        state = .waiting(failures: failures, until: now.advanced(by: pause))
        return .discard
    }

    /// Time went by.
    /// - Parameter jitter: a random number from 0 to 1; drawn when it is needed, which it hardly ever is.
    mutating func tick(now: ContinuousClock.Instant, jitter: @autoclosure () -> Double) -> Action {
        if let limit, now >= limit { return close() }
        switch state {
        case .connecting(_, let deadline) where now >= deadline:
            return failed(now: now, jitter: jitter())
        case .waiting(let failures, let until) where now >= until:
            state = .connecting(failures: failures, deadline: now.advanced(by: connectTimeout))
            return .open
        case .idle, .connecting, .ready, .waiting, .closed:
            return .none
        }
    }

    /// The connection ends at this time, whatever is left.
    mutating func closeBy(_ instant: ContinuousClock.Instant) {
        limit = limit.map { min($0, instant) } ?? instant
    }

    /// No more work will come; end when the last is done.
    mutating func drain(hasWork: Bool) -> Action {
        isDraining = true
        return hasWork ? .none : close()
    }

    /// The last piece of work was answered.
    mutating func workFinished() -> Action {
        isDraining ? close() : .none
    }

    /// End now.
    mutating func close() -> Action {
        guard state != .closed else { return .none }
        state = .closed
        return .close
    }

    /// When ``tick(now:jitter:)`` has something to do.
    var nextTick: ContinuousClock.Instant? {
        let own: ContinuousClock.Instant? =
            switch state {
            case .connecting(_, let deadline): deadline
            case .waiting(_, let until): until
            case .idle, .ready, .closed: nil
            }
        return [own, limit].compactMap { $0 }.min()
    }
}
