import NIOCore
import Synchronization

extension ConnectionLoop {
    /// Takes note of when work has to be looked at.
    func watch(_ work: PostgresWork) {
        let due = machine.state == .ready ? work.deadline : min(work.deadline, work.connectDeadline)
        nextDeadline = nextDeadline.map { min($0, due) } ?? due
    }

    /// Resumes the callers whose time is up.
    ///
    /// Deadlines of work that was answered in time are not taken back, so this now and then finds nothing: at most
    /// once for each time-out that goes by.
    func expire(now: ContinuousClock.Instant) {
        guard let due = nextDeadline, now >= due else { return }
        nextDeadline = nil
        var isLate = false
        pipeline.forEachWork { work in
            if expire(work, now: now) { isLate = true }
        }
        if let script, expire(script, now: now) { isLate = true }
        let waiting = queue
        queue.removeAll(keepingCapacity: true)
        for work in waiting {
            if machine.state != .ready, now >= work.connectDeadline {
                drop(work, .serverUnavailable)
            } else if work.isFinished || expire(work, now: now) {
                settle()
            } else {
                queue.append(work)
                watch(work)
            }
        }
        if isLate { interrupt() }
    }

    /// Resumes the caller of one piece of work if its time is up.
    private func expire(_ work: PostgresWork, now: ContinuousClock.Instant) -> Bool {
        guard now >= work.deadline else {
            nextDeadline = nextDeadline.map { min($0, work.deadline) } ?? work.deadline
            return false
        }
        guard work.fail(.timedOut) else { return false }
        connection.counters.abandoned.add(1, ordering: .relaxed)
        return true
    }

    /// Asks the server to stop what a leased connection runs for a caller that is gone.
    ///
    /// PQcancel connects and blocks, so it has a thread for itself. Nothing is sent until it returns; the request has
    /// been handed to the session's process by then.
    func interrupt() {
        guard connection.role == .leased, !isInterrupting, let handle, let running = script ?? pipeline.current else {
            return
        }
        guard running.isFinished, running.interruption == .allowed else { return }
        guard let request = CancelRequest(handle) else { return }
        isInterrupting = true
        let session = session
        OwnedThread.start(named: "db-cancel") { [connection] in
            request.send()
            connection.notify { $0.orders.interrupted = session }
        } onFailure: {
            isInterrupting = false
        }
    }
}
