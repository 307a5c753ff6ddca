/// What may be sent in a transaction, without a connection.
struct TransactionStateMachine {
    /// Where the transaction stands.
    enum State: Equatable {
        /// Nothing was sent; BEGIN goes with the first queries. -> open (`send`), over (`commit`, `rollback`)
        case notBegun
        /// -> failed (`queryFailed`), committing (`send` with commit, `commit`), over (`rollback`)
        case open
        /// A query failed; only ROLLBACK is left. -> over (`rollback`)
        case failed
        /// COMMIT is on its way. -> over (`committed`), failed (`queryFailed`)
        case committing
        /// Nothing leaves it.
        case over
    }

    /// What goes along with queries.
    enum SendAction: Equatable {
        /// BEGIN in front of them.
        case beginAndSend
        /// Nothing.
        case send
        /// They cannot be sent.
        case refuse
    }

    /// How the transaction is ended.
    enum EndAction: Equatable {
        /// Nothing was sent, or it has ended.
        case none
        /// By a statement.
        case send
        /// It failed before, so that it cannot be committed.
        case refuse
    }

    /// The state now.
    private(set) var state = State.notBegun

    /// A transaction of which nothing was sent.
    init() {}

    /// Queries are to be sent.
    mutating func send() -> SendAction {
        switch state {
        case .notBegun:
            state = .open
            return .beginAndSend
        case .open:
            return .send
        case .failed, .committing, .over:
            return .refuse
        }
    }

    /// Queries with COMMIT after the last are to be sent.
    mutating func sendAndCommit() -> SendAction {
        let action = send()
        if action != .refuse { state = .committing }
        return action
    }

    /// A query failed, whatever the reason.
    mutating func queryFailed() {
        if state != .over { state = .failed }
    }

    /// The body is through.
    mutating func commit() -> EndAction {
        switch state {
        case .notBegun:
            state = .over
            return .none
        case .open:
            state = .committing
            return .send
        case .over:
            return .none
        case .failed, .committing:
            return .refuse
        }
    }

    /// The server committed, or rolled back instead: there is no transaction any more.
    mutating func ended() {
        state = .over
    }

    /// The body failed, or the commit.
    mutating func rollback() -> EndAction {
        defer { state = .over }
        return switch state {
        case .notBegun, .over: .none
        case .open, .failed, .committing: .send
        }
    }
}
