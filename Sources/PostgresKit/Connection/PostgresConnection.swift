import CLibPQ
import Glibc
import Logging
import Synchronization

/// A connection as the rest of the library sees it: a mailbox and a wake-up for the thread that owns the `PGconn`.
///
/// The thread starts with the first piece of work, or when told to, and ends after ``drain()`` or ``close()``. Only
/// that thread calls libpq; see ``ConnectionLoop``. Everything here is guarded by the mutex of the mailbox or atomic.
final class PostgresConnection: Sendable {
    /// What a connection is used for.
    enum Role: Sendable {
        /// Queries of many callers, each its own transaction. A query whose caller is gone is left to run to its end
        /// or to `statement_timeout`: a cancel request names a session, not a query, and would hit a neighbour.
        case shared
        /// One transaction at a time. What it left running is cancelled, from another thread, and nothing is sent
        /// until the cancel request was delivered, so that it cannot hit what comes after.
        case leased
    }

    /// What the owner is told to do.
    struct Orders {
        var wantsDrain = false
        /// When to end with work left.
        var closeBy: ContinuousClock.Instant?
        var wantsReset = false
        var wantsInterrupt = false
        /// The session whose cancel request was delivered.
        var interrupted: Int?

        /// Whether there is nothing to do.
        var isEmpty: Bool { !wantsDrain && closeBy == nil && !wantsReset && !wantsInterrupt && interrupted == nil }

        /// No orders.
        static let none = Orders()
    }

    /// What other threads have for the owner.
    struct Mailbox {
        var incoming: [PostgresWork] = []
        /// What tasks that prefer this thread do next.
        var jobs: [UnownedJob] = []
        /// Whether the thread does what may block it.
        var isBlocked = false
        var orders = Orders()
        var isSleeping = false
        var isStarted = false
        /// Whether new work is refused.
        var isClosing = false
        var hasEnded = false
        var endWaiters: [UnsafeContinuation<Void, Never>] = []

        /// Whether the owner has something to read.
        var hasMail: Bool { !incoming.isEmpty || !jobs.isEmpty || !orders.isEmpty }

        /// Nothing is taken any more.
        /// - Returns: what was left.
        mutating func end() -> Mailbox {
            hasEnded = true
            defer { (incoming, jobs, endWaiters) = ([], [], []) }
            return self
        }
    }

    /// Names its thread.
    let name: String
    /// Runs tasks on its thread.
    let executor = ConnectionExecutor.take()
    let configuration: PostgresConfiguration
    let role: Role
    let logger: Logger
    let counters: PostgresCounters
    let mailbox = Mutex(Mailbox())
    /// Work accepted and not answered by the server yet.
    let outstanding = Atomic<Int>(0)
    /// Whether queries can be sent now.
    let isReady = Atomic<Bool>(false)
    /// Called on the owner's thread when ``isReady`` changes.
    let onReadiness: @Sendable (Bool) -> Void
    /// The descriptor that wakes the owner.
    let wakeup: CInt

    /// A connection that opens with its first work.
    init(
        name: String, configuration: PostgresConfiguration, role: Role, counters: PostgresCounters, logger: Logger,
        onReadiness: @escaping @Sendable (Bool) -> Void
    ) {
        self.name = name
        self.configuration = configuration
        self.role = role
        self.counters = counters
        self.logger = logger
        self.onReadiness = onReadiness
        wakeup = clibpq_wakeup_open()
        executor.serve(self)
    }

    deinit {
        executor.giveBack()
        _ = Glibc.close(wakeup)
    }

    /// Whether the thread was started and has not ended.
    var isOpen: Bool { mailbox.withLock { $0.isStarted && !$0.hasEnded } }

    /// Opens the connection without work.
    func start() {
        let mustStart = mailbox.withLock { mailbox -> Bool in
            guard !mailbox.isStarted, !mailbox.hasEnded else { return false }
            mailbox.isStarted = true
            return true
        }
        if mustStart { startThread() }
    }

    /// Sends work and waits for its outcome; a cancelled task gets `cancelled` at once.
    func run(_ work: PostgresWork) async -> PostgresWork.Outcome {
        await withTaskCancellationHandler {
            await runShielded(work)
        } onCancel: {
            if work.cancel() { abandoned(work) }
        }
    }

    /// Sends work and waits for its outcome, whether the task is cancelled or not.
    func runShielded(_ work: PostgresWork) async -> PostgresWork.Outcome {
        await withUnsafeContinuation { continuation in
            if work.begin(continuation) { submit(work) }
        }
    }

    /// The caller of work that may have been sent is gone.
    func abandoned(_ work: PostgresWork) {
        counters.abandoned.add(1, ordering: .relaxed)
        guard role == .leased, work.interruption == .allowed else { return }
        notify { $0.orders.wantsInterrupt = true }
    }

    /// Gives up the session; the next work makes a new one.
    func reset() {
        notify { $0.orders.wantsReset = true }
    }

    /// Ends the connection when the last accepted work is done; no more is accepted.
    func drain() {
        close { $0.wantsDrain = true }
    }

    /// Ends the connection now.
    func close() {
        close { $0.closeBy = .now }
    }

    /// Ends the connection at a time, whatever is left then. Work is accepted until then, unless the connection was
    /// never opened.
    func close(by limit: ContinuousClock.Instant) {
        let isOpen = mailbox.withLock { $0.isStarted }
        if isOpen { notify { $0.orders.closeBy = limit } } else { close { $0.closeBy = limit } }
    }

    /// Waits until the thread has ended. Only after ``drain()`` or ``close()``, or together with one of them.
    func ended() async {
        await withUnsafeContinuation { continuation in
            let isOver = mailbox.withLock { mailbox -> Bool in
                guard !mailbox.hasEnded else { return true }
                mailbox.endWaiters.append(continuation)
                return false
            }
            if isOver { continuation.resume() }
        }
    }

    /// Refuses work and orders the end; without a thread this is the end.
    private func close(_ order: (inout Orders) -> Void) {
        let waiters = mailbox.withLock { mailbox -> [UnsafeContinuation<Void, Never>] in
            mailbox.isClosing = true
            guard !mailbox.isStarted else { return [] }
            mailbox.hasEnded = true
            defer { mailbox.endWaiters = [] }
            return mailbox.endWaiters
        }
        for waiter in waiters { waiter.resume() }
        notify { order(&$0.orders) }
    }

    /// Changes the mailbox and wakes the owner if it sleeps.
    func notify(_ change: (inout Mailbox) -> Void) {
        let mustWake = mailbox.withLock { mailbox -> Bool in
            change(&mailbox)
            defer { mailbox.isSleeping = false }
            return mailbox.isSleeping
        }
        if mustWake { wake() }
    }

    /// Has the owner run a job next.
    /// - Returns: false when it cannot.
    func take(_ job: UnownedJob) -> Bool {
        let (isTaken, mustWake) = mailbox.withLock { mailbox -> (Bool, Bool) in
            guard mailbox.isStarted, !mailbox.hasEnded, !mailbox.isBlocked else { return (false, false) }
            mailbox.jobs.append(job)
            defer { mailbox.isSleeping = false }
            return (true, mailbox.isSleeping)
        }
        if mustWake { wake() }
        return isTaken
    }

    /// Does what may block the owner's thread. Tasks run elsewhere meanwhile.
    func whileBlocked(_ body: () -> Void) {
        let jobs = mailbox.withLock { mailbox in
            mailbox.isBlocked = true
            defer { mailbox.jobs = [] }
            return mailbox.jobs
        }
        for job in jobs { ConnectionExecutor.runElsewhere(job) }
        body()
        mailbox.withLock { $0.isBlocked = false }
    }

    /// Makes the owner look at the mailbox.
    func wake() {
        clibpq_wakeup_signal(wakeup)
    }

    private enum Admission {
        case refused(PostgresError.Code)
        case accepted(mustStart: Bool, mustWake: Bool)
    }

    private func submit(_ work: PostgresWork) {
        let admission = mailbox.withLock { mailbox -> Admission in
            guard !mailbox.hasEnded, !mailbox.isClosing else { return .refused(.shutDown) }
            guard outstanding.load(ordering: .relaxed) < configuration.queriesAccepted else {
                return .refused(.poolExhausted)
            }
            outstanding.add(1, ordering: .relaxed)
            mailbox.incoming.append(work)
            let admission = Admission.accepted(mustStart: !mailbox.isStarted, mustWake: mailbox.isSleeping)
            mailbox.isStarted = true
            mailbox.isSleeping = false
            return admission
        }
        switch admission {
        case .refused(let code):
            work.fail(code)
        case .accepted(let mustStart, let mustWake):
            if mustStart { startThread() }
            if mustWake { wake() }
        }
    }

    private func startThread() {
        OwnedThread.start(named: "db-\(name)") { [self] in
            ConnectionLoop(connection: self).run()
        } onFailure: { [self] in
            // Without a thread nobody would ever answer what was accepted.
            logger.error("no thread for a database connection")
            let left = mailbox.withLock { $0.end() }
            for work in left.incoming { work.fail(.serverUnavailable) }
            for job in left.jobs { ConnectionExecutor.runElsewhere(job) }
            for waiter in left.endWaiters { waiter.resume() }
        }
    }
}
