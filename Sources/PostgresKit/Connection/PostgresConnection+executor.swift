import Synchronization

/// Tasks may run on the thread of the connection, between what it sends and what it receives: one that does a query after the other
/// goes on as soon as an answer came, and its next query leaves without a change of thread.
///
/// Nothing is sent or received while such a task works. Before the thread was started, and after its end, they run on the global
/// executor.
extension PostgresConnection: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let (isTaken, mustWake) = mailbox.withLock { mailbox -> (Bool, Bool) in
            guard mailbox.isStarted, !mailbox.hasEnded else { return (false, false) }
            mailbox.jobs.append(job)
            defer { mailbox.isSleeping = false }
            return (true, mailbox.isSleeping)
        }
        guard isTaken else { return runElsewhere(job) }
        if mustWake { wake() }
    }

    /// Runs a job without the thread.
    func runElsewhere(_ job: UnownedJob) {
        globalConcurrentExecutor.enqueue(job)
    }
}
