import Synchronization

/// Tasks may run on the thread of the connection, between what it sends and what it receives: one that does a query after the other
/// goes on as soon as an answer came, and its next query leaves without a change of thread.
///
/// Nothing is sent or received while such a task works. Before the thread was started, while it looks up the server, and after its end,
/// they run on the global executor.
extension PostgresConnection: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // The last task may end, and with it the last owner, before the thread was woken.
        let owned = Unmanaged.passRetained(self)
        defer { owned.release() }
        let (isTaken, mustWake) = mailbox.withLock { mailbox -> (Bool, Bool) in
            guard mailbox.isStarted, !mailbox.hasEnded, !mailbox.isBlocked else { return (false, false) }
            mailbox.jobs.append(job)
            defer { mailbox.isSleeping = false }
            return (true, mailbox.isSleeping)
        }
        guard isTaken else { return runElsewhere(job) }
        if mustWake { wake() }
    }

    /// Does what may block the thread. Tasks run elsewhere meanwhile.
    func whileBlocked(_ body: () -> Void) {
        let jobs = mailbox.withLock { mailbox in
            mailbox.isBlocked = true
            defer { mailbox.jobs = [] }
            return mailbox.jobs
        }
        for job in jobs { runElsewhere(job) }
        body()
        mailbox.withLock { $0.isBlocked = false }
    }

    /// Runs a job without the thread.
    func runElsewhere(_ job: UnownedJob) {
        globalConcurrentExecutor.enqueue(job)
    }
}
