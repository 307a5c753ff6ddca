import NIOCore

/// What libpq will report next on a connection in pipeline mode, and to whom it belongs.
///
/// Work is sent in segments: some steps and a sync point. The server answers in order; after an error it skips to the
/// next sync point, and the steps between are reported as aborted. Segments do not affect one another. The answer to
/// a segment is complete at its sync point, not before: the server commits there, and may fail to.
///
/// `Work` is whatever the owner wants back; housekeeping segments have none.
struct PipelineStateMachine<Work> {
    /// One message pair of a segment.
    enum Step: Equatable {
        /// A statement is prepared under a number.
        case prepare(Int)
        /// The statement with a number is bound and executed.
        case execute(Int)
    }

    /// How libpq reports the end of a step.
    enum Status: Equatable {
        /// Rows or a command tag.
        case success
        /// An error of the server.
        case failure
        /// Skipped because of an error before it in the segment.
        case aborted
    }

    /// What the owner has to do.
    enum Action: Equatable {
        /// Nothing.
        case none
        /// Keep the result for the work at the head of ``works``.
        case collect
        /// Keep the error for the work at the head; what follows in the segment is not run. With the statement that
        /// failed, unless it was the commit at the sync point.
        case collectError(statement: Int?)
        /// A statement that was to be prepared does not exist; forget it. With the error, if it is the cause.
        case forget(statement: Int, isCause: Bool)
        /// The reports and this state are out of step: give up the connection.
        case giveUp
    }

    private enum Expected: Equatable {
        case prepare(Int)
        case execute(Int)
        case sync
    }

    private var expected = CircularBuffer<Expected>()
    private var segments = CircularBuffer<Work?>()
    /// Whether the step at the head was reported and the separator after it was not.
    private var headIsReported = false
    /// Whether the segment at the head has failed.
    private var isSkipping = false

    /// Segments sent and not answered.
    var count: Int { segments.count }

    /// True when nothing is expected.
    var isIdle: Bool { segments.isEmpty }

    /// The work of the segment whose answers come now.
    var current: Work? { segments.first ?? nil }

    /// A segment was sent: its steps and a sync point.
    mutating func sent(_ work: Work?, steps: some Sequence<Step>) {
        for step in steps { sent(step) }
        sentSync(work)
    }

    /// A step of a segment was sent; ``sentSync(_:)`` ends the segment.
    mutating func sent(_ step: Step) {
        switch step {
        case .prepare(let statement): expected.append(.prepare(statement))
        case .execute(let statement): expected.append(.execute(statement))
        }
    }

    /// The sync point that ends a segment was sent.
    mutating func sentSync(_ work: Work?) {
        expected.append(.sync)
        segments.append(work)
    }

    /// A result came that is no sync point.
    mutating func received(_ status: Status) -> Action {
        guard !headIsReported, let head = expected.first else { return .giveUp }
        guard (status == .aborted) == isSkipping || head == .sync else { return .giveUp }
        switch (head, status) {
        case (.sync, .failure):
            // The commit at the sync point failed; the sync itself is still to be reported.
            return .collectError(statement: nil)
        case (.sync, .success), (.sync, .aborted):
            return .giveUp
        case (.prepare(let statement), .failure):
            headIsReported = true
            isSkipping = true
            return .forget(statement: statement, isCause: true)
        case (.prepare(let statement), .aborted):
            headIsReported = true
            return .forget(statement: statement, isCause: false)
        case (.prepare, .success):
            headIsReported = true
            return .none
        case (.execute, .success):
            headIsReported = true
            return .collect
        case (.execute(let statement), .failure):
            headIsReported = true
            isSkipping = true
            return .collectError(statement: statement)
        case (.execute, .aborted):
            headIsReported = true
            return .none
        }
    }

    /// libpq reported that the results of a step are complete. After an error at a sync point there is one too, which
    /// ends no step.
    mutating func receivedSeparator() -> Action {
        guard headIsReported else { return expected.first == .sync ? .none : .giveUp }
        headIsReported = false
        expected.removeFirst()
        return .none
    }

    /// The sync point of the segment at the head came.
    /// - Returns: whether it was due, and the work that is complete with it.
    mutating func receivedSync() -> (isDue: Bool, work: Work?) {
        guard !headIsReported, expected.first == .sync else { return (false, nil) }
        expected.removeFirst()
        isSkipping = false
        return (true, segments.removeFirst())
    }

    /// Visits what was sent and not answered, in order.
    func forEachWork(_ body: (Work) -> Void) {
        for case let work? in segments { body(work) }
    }

    /// The connection is gone: everything that was sent and not answered, in order.
    mutating func connectionLost() -> [Work] {
        let lost = segments.compactMap { $0 }
        self = PipelineStateMachine()
        return lost
    }
}
