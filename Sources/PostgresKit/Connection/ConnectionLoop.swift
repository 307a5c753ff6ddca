import CLibPQ
import Logging
import NIOCore
import Synchronization

/// The thread of a connection: the only caller of libpq for its `PGconn`.
///
/// One turn runs the tasks that prefer this thread, reads the mailbox, lets time pass, sends what is queued, sleeps in
/// poll(2) until the socket, the wake-up or a deadline has something, and reads what came. It never leaves its thread, so
/// nothing in it needs a lock.
final class ConnectionLoop {
    let connection: PostgresConnection
    let configuration: PostgresConfiguration
    var machine: ConnectionStateMachine
    var pipeline = PipelineStateMachine<PostgresWork>()
    var statements: StatementCache
    /// Work that was not sent yet.
    var queue = CircularBuffer<PostgresWork>()
    /// What the mailbox held, while it is read.
    var inbox: [PostgresWork] = []
    /// What tasks that prefer this thread do, while it is done.
    private var jobs: [UnownedJob] = []
    /// The handle, while there is one.
    var handle: OpaquePointer?
    /// What PQconnectPoll waits for.
    var connectEvents: CInt = 0
    /// Whether the statement that sets up the session was not answered yet.
    var isSettingUp = false
    /// Whether libpq holds bytes that the socket did not take.
    var hasUnflushedBytes = false
    /// The script that runs outside of pipeline mode.
    var script: PostgresWork?
    /// What was collected for the segment at the head of the pipeline, or the script.
    var answer = PostgresAnswer()
    var failure: PostgresError?
    /// How many queries of that segment succeeded.
    var succeeded = 0
    /// Counts sessions; each has its own number.
    var session = 0
    /// Whether a cancel request for this session is on its way.
    var isInterrupting = false
    /// Whether the server turned out to be read-only: after a failover, another is found by connecting again.
    var isStale = false
    /// When the next piece of work has to be looked at for its deadline.
    var nextDeadline: ContinuousClock.Instant?
    let parameters = ParameterArrays()

    /// The loop for a connection; call ``run()`` on its thread.
    init(connection: PostgresConnection) {
        self.connection = connection
        configuration = connection.configuration
        machine = ConnectionStateMachine(
            connectTimeout: configuration.connectTimeout,
            backoff: Backoff(minimum: configuration.minimumBackoff, maximum: configuration.maximumBackoff))
        statements = StatementCache(capacity: configuration.preparedStatements)
    }

    /// Runs until the connection is closed.
    func run() {
        perform(machine.start(now: .now))
        while machine.state != .closed {
            runJobs()
            readMail()
            let now = ContinuousClock.now
            perform(machine.tick(now: now, jitter: .random(in: 0...1)))
            expire(now: now)
            if isStale, pipeline.isIdle { lose("the server is read-only", sqlState: .readOnlySQLTransaction) }
            if machine.state == .ready { sendQueue() }
            if connection.outstanding.load(ordering: .relaxed) == 0 { perform(machine.workFinished()) }
            guard machine.state != .closed else { break }
            let events = sleep()
            guard let handle, events != 0 else { continue }
            if isConnecting {
                // Of several hosts the next is looked up there.
                connection.whileBlocked { advanceConnecting(handle) }
            } else {
                serve(handle, events: events)
            }
        }
        end()
    }

    /// Whether PQconnectPoll has the socket.
    var isConnecting: Bool {
        guard case .connecting = machine.state else { return false }
        return !isSettingUp
    }

    /// Gives up the session: what was sent fails, the rest waits for the next.
    func lose(_ reason: StaticString, sqlState: SQLState? = nil) {
        connection.logger.warning(
            "database connection given up",
            metadata: ["reason": "\(reason)", "sqlstate": "\(sqlState?.rawValue ?? "none")"])
        perform(machine.failed(now: .now, jitter: .random(in: 0...1)))
    }

    /// Does what the state machine asks for.
    func perform(_ action: ConnectionStateMachine.Action) {
        switch action {
        case .none:
            break
        case .open:
            open()
        case .serve:
            connection.counters.connected.add(1, ordering: .relaxed)
            setReady(true)
            connection.logger.debug("database connection ready")
        case .discard:
            if connection.isReady.load(ordering: .relaxed) { connection.counters.lost.add(1, ordering: .relaxed) }
            discard(.connectionLost)
        case .close:
            discard(.connectionLost)
            for work in queue { drop(work, .shutDown) }
            queue.removeAll()
        }
    }

    /// One piece of work is done with, whoever answers it. Before the caller is resumed, who may look at the figures.
    func settle() {
        connection.outstanding.subtract(1, ordering: .relaxed)
        connection.counters.completed.add(1, ordering: .relaxed)
    }

    /// Fails work and is done with it.
    func drop(_ work: PostgresWork, _ code: PostgresError.Code, sqlState: SQLState? = nil) {
        settle()
        work.fail(code, sqlState: sqlState)
    }

    private func setReady(_ isReady: Bool) {
        guard connection.isReady.exchange(isReady, ordering: .relaxed) != isReady else { return }
        connection.onReadiness(isReady)
    }

    /// Frees the handle and fails what was sent on it.
    private func discard(_ code: PostgresError.Code) {
        setReady(false)
        if let handle { PQfinish(handle) }
        handle = nil
        let state = failure?.code == .connectionLost ? failure?.sqlState : nil
        for work in pipeline.connectionLost() { drop(work, code, sqlState: state) }
        if let script { drop(script, code, sqlState: state) }
        script = nil
        forgetAnswer()
        statements = StatementCache(capacity: configuration.preparedStatements)
        isSettingUp = false
        hasUnflushedBytes = false
        isInterrupting = false
        isStale = false
        // What is queued now has to be looked at for how long it waits for a connection.
        nextDeadline = .now
    }

    /// Starts to collect for the next segment.
    func forgetAnswer() {
        answer = PostgresAnswer()
        failure = nil
        succeeded = 0
    }

    private func readMail() {
        let mail = connection.mailbox.withLock { mailbox -> PostgresConnection.Orders? in
            guard mailbox.hasMail else { return nil }
            // The arrays change places, so that both keep their room.
            swap(&mailbox.incoming, &inbox)
            defer { mailbox.orders = .none }
            return mailbox.orders
        }
        guard let mail else { return }
        if mail.interrupted == session { isInterrupting = false }
        if mail.wantsReset, machine.state == .ready { lose("asked to") }
        for work in inbox {
            queue.append(work)
            watch(work)
        }
        inbox.removeAll(keepingCapacity: true)
        if mail.wantsInterrupt { interrupt() }
        if let limit = mail.closeBy { machine.closeBy(limit) }
        if mail.wantsDrain {
            perform(machine.drain(hasWork: connection.outstanding.load(ordering: .relaxed) > 0))
        }
    }

    /// Lets tasks that prefer this thread go on; what they ask of the database is in the mailbox afterwards.
    private func runJobs() {
        connection.mailbox.withLock { swap(&$0.jobs, &jobs) }
        for job in jobs { job.runSynchronously(on: connection.executor.asUnownedTaskExecutor()) }
        jobs.removeAll(keepingCapacity: true)
    }

    /// Sleeps until something happens.
    /// - Returns: the events of the socket.
    private func sleep() -> CInt {
        let isIdle = connection.mailbox.withLock { mailbox -> Bool in
            mailbox.isSleeping = !mailbox.hasMail
            return mailbox.isSleeping
        }
        var events = CLIBPQ_READABLE | (hasUnflushedBytes ? CLIBPQ_WRITABLE : 0)
        if isConnecting { events = connectEvents }
        let socket = handle.map { PQsocket($0) } ?? -1
        let found = clibpq_wait(socket, events, connection.wakeup, isIdle ? pollTimeout() : 0)
        // A task that an answer resumes is enqueued by this thread, which need not wake itself.
        connection.mailbox.withLock { $0.isSleeping = false }
        return found
    }

    private func pollTimeout() -> CInt {
        guard let next = [nextDeadline, machine.nextTick].compactMap({ $0 }).min() else { return -1 }
        let pause = ContinuousClock.now.duration(to: next)
        guard pause > .zero else { return 0 }
        let (seconds, attoseconds) = pause.components
        return CInt(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1)
    }

    private func end() {
        let left = connection.mailbox.withLock { $0.end() }
        for work in left.incoming { drop(work, .shutDown) }
        for job in left.jobs { ConnectionExecutor.runElsewhere(job) }
        for waiter in left.endWaiters { waiter.resume() }
    }
}
