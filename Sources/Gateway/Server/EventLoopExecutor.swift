import NIOCore

/// Runs the tasks of a connection on the event loop of the connection, so that a short request is read, worked on and
/// answered by one thread (ADR 0014).
///
/// A thread of an event loop serves many connections and must not be held up: what may take long, a message with a long
/// body for instance, is done under the preference for the ``Swift/globalConcurrentExecutor`` instead.
final class EventLoopExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
