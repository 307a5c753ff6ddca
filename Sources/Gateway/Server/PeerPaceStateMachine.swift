import NIOCore

/// Decides when a peer is too slow. Pure: events with their time go in, actions and the next deadline come out.
///
/// Reading and answering overlap (a client may send its next request while an answer is written), so they are followed
/// side by side: where the stream of requests is, how many requests are unanswered, and whether an answer is stuck.
struct PeerPaceStateMachine {
    /// What the handler has to do.
    enum Action: Equatable {
        case none
        /// Close without a word: nobody waits for an answer.
        case closeIdle
        /// Answer 408 and close: no answer has been begun, so the peer may still read one.
        case answerAndClose(PeerPaceViolation)
        /// Close.
        case close(PeerPaceViolation)
    }

    /// Where the stream of requests is.
    private enum Reading {
        /// Before the handshake is complete. To: firstHead.
        case notStarted
        /// No byte yet on this connection. To: head.
        case firstHead(PeerPaceBudget)
        /// In the head of a request. To: body.
        case head(PeerPaceBudget)
        /// In a body. To: betweenRequests.
        case body(PeerPaceBudget)
        /// After a request. To: head.
        case betweenRequests
    }

    /// An answer that waits for the peer.
    private struct Stuck {
        var pendingBytes: Int
        var since: NIODeadline
    }

    private let configuration: PeerPaceConfiguration
    private var reading = Reading.notStarted
    private var isAsking = false
    private var unanswered = 0
    private var answerHasBegun = false
    private var idleSince: NIODeadline?
    private var stuck: Stuck?
    private(set) var isClosing = false

    init(configuration: PeerPaceConfiguration) {
        self.configuration = configuration
    }

    /// When ``timerFired(now:pendingBytes:)`` is wanted next; nil when nothing is being timed.
    var deadline: NIODeadline? {
        guard !isClosing else { return nil }
        var earliest: NIODeadline?
        switch reading {
        case .firstHead(let budget), .body(let budget): earliest = budget.deadline
        // What began to come and is not asked for any more, behind the last request of a connection, is idleness.
        case .head(let budget): earliest = budget.deadline ?? idleDeadline
        case .notStarted, .betweenRequests: earliest = idleDeadline
        }
        if let stuck {
            let deadline = stuck.since + configuration.writeTimeout
            earliest = min(earliest ?? deadline, deadline)
        }
        return earliest
    }

    private var idleDeadline: NIODeadline? { idleSince.map { $0 + configuration.idleTimeout } }

    // MARK: Requests

    /// The connection is ready for its first request.
    mutating func started(now: NIODeadline) {
        guard case .notStarted = reading else { return }
        reading = .firstHead(budget(configuration.headTimeout, now))
    }

    /// Bytes of the peer arrived; what they mean follows.
    mutating func bytesArrived(now: @autoclosure () -> NIODeadline) {
        switch reading {
        case .notStarted, .betweenRequests, .firstHead:
            let now = now()
            if idleSince != nil { idleSince = now }
            reading = .head(budget(configuration.headTimeout, now))
        case .head, .body:
            break
        }
    }

    /// The head of a request is complete.
    mutating func headArrived(now: NIODeadline) {
        idleSince = nil
        if unanswered == 0 { answerHasBegun = false }
        unanswered += 1
        reading = .body(budget(configuration.bodyGrace, now))
    }

    /// Bytes of a body arrived: they buy the time they may take at the slowest pace, up to the grace.
    mutating func bodyArrived(bytes: Int, now: NIODeadline) {
        guard case .body(var budget) = reading else { return }
        let (nanoseconds, overflow) = Int64(bytes).multipliedReportingOverflow(by: 1_000_000_000)
        let earned: TimeAmount =
            overflow
            ? configuration.bodyGrace : .nanoseconds(nanoseconds / Int64(max(1, configuration.bodyBytesPerSecond)))
        budget.earn(earned, upTo: configuration.bodyGrace, now: now)
        reading = .body(budget)
    }

    /// A request is complete.
    mutating func requestEnded(now: @autoclosure () -> NIODeadline) {
        reading = .betweenRequests
        if unanswered == 0 { idleSince = now() }
    }

    /// We are ready to take bytes.
    mutating func readRequested(now: @autoclosure () -> NIODeadline) {
        isAsking = true
        withBudget { $0.run(now: now()) }
    }

    /// A read came to its end; until the next ``readRequested(now:)`` it is us who wait.
    mutating func readCompleted(now: @autoclosure () -> NIODeadline) {
        isAsking = false
        withBudget { $0.pause(now: now()) }
    }

    // MARK: Answers

    /// The head of a final answer was written.
    mutating func answerBegan() { answerHasBegun = true }

    /// An answer was written to its end.
    mutating func answerEnded(now: @autoclosure () -> NIODeadline) {
        unanswered = max(0, unanswered - 1)
        answerHasBegun = false
        guard unanswered == 0 else { return }
        switch reading {
        case .betweenRequests, .head: idleSince = now()
        case .notStarted, .firstHead, .body: break
        }
    }

    /// The channel takes no more, or takes again.
    mutating func writabilityChanged(isWritable: Bool, pendingBytes: Int, now: NIODeadline) {
        stuck = isWritable ? nil : Stuck(pendingBytes: pendingBytes, since: now)
    }

    // MARK: Time

    /// Looks at the clock.
    /// - Parameter pendingBytes: bytes of answers the channel holds for the peer.
    mutating func timerFired(now: NIODeadline, pendingBytes: Int) -> Action {
        guard !isClosing, let deadline, now >= deadline else { return .none }
        if let violation = checkAnswer(now: now, pendingBytes: pendingBytes) { return close(.close(violation)) }
        switch reading {
        case .firstHead(let budget) where budget.isSpent(now: now):
            return close(.closeIdle)
        case .head(let budget) where budget.isSpent(now: now):
            return close(unanswered == 0 ? .answerAndClose(.slowHead) : .close(.slowHead))
        case .body(let budget) where budget.isSpent(now: now):
            return close(unanswered == 1 && !answerHasBegun ? .answerAndClose(.slowBody) : .close(.slowBody))
        case .head(let budget) where budget.deadline == nil:
            return checkIdle(now: now, pendingBytes: pendingBytes)
        case .notStarted, .betweenRequests:
            return checkIdle(now: now, pendingBytes: pendingBytes)
        case .firstHead, .head, .body:
            return .none
        }
    }

    private mutating func checkAnswer(now: NIODeadline, pendingBytes: Int) -> PeerPaceViolation? {
        guard let stuck, now >= stuck.since + configuration.writeTimeout else { return nil }
        if pendingBytes == 0 {
            self.stuck = nil
        } else if pendingBytes != stuck.pendingBytes {
            // Less: the peer took some. More: we added some, and what was there before may have gone.
            self.stuck = Stuck(pendingBytes: pendingBytes, since: now)
        } else {
            return .notReading
        }
        return nil
    }

    private mutating func checkIdle(now: NIODeadline, pendingBytes: Int) -> Action {
        guard let since = idleSince, now >= since + configuration.idleTimeout else { return .none }
        guard pendingBytes > 0 else { return close(.closeIdle) }
        // The tail of the last answer is still on its way: that is no idleness, but it must move.
        idleSince = now
        if stuck == nil { stuck = Stuck(pendingBytes: pendingBytes, since: now) }
        return .none
    }

    private mutating func close(_ action: Action) -> Action {
        isClosing = true
        return action
    }

    private func budget(_ amount: TimeAmount, _ now: NIODeadline) -> PeerPaceBudget {
        var budget = PeerPaceBudget(amount)
        if isAsking { budget.run(now: now) }
        return budget
    }

    private mutating func withBudget(_ change: (inout PeerPaceBudget) -> Void) {
        switch reading {
        case .firstHead(var budget):
            change(&budget)
            reading = .firstHead(budget)
        case .head(var budget):
            change(&budget)
            reading = .head(budget)
        case .body(var budget):
            change(&budget)
            reading = .body(budget)
        case .notStarted, .betweenRequests:
            break
        }
    }
}
