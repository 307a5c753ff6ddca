import Synchronization

/// Runs tasks on the thread of a connection, between what it sends and what it receives: one that does a query after the other goes on
/// as soon as an answer came, and its next query leaves without a change of thread.
///
/// Nothing is sent or received while such a task works. Before the thread was started, while it looks up the server, and after its end,
/// they run on the global executor.
///
/// The runtime does not keep the executor that a task prefers, and a child task, which has that of its parent, may outlive the scope
/// it was begun in. So executors are never freed: later connections use them again, and a task that was left runs on the thread of
/// one of those, or elsewhere.
final class ConnectionExecutor: TaskExecutor {
    private struct Served {
        weak var connection: PostgresConnection?
    }

    private static let unused = Mutex<[ConnectionExecutor]>([])

    private let served = Mutex(Served())

    private init() {}

    /// An executor for a new connection.
    static func take() -> ConnectionExecutor {
        unused.withLock { $0.popLast() } ?? ConnectionExecutor()
    }

    /// Hands tasks to a connection from now on.
    func serve(_ connection: PostgresConnection) {
        served.withLock { $0.connection = connection }
    }

    /// The connection is gone.
    func giveBack() {
        served.withLock { $0.connection = nil }
        Self.unused.withLock { $0.append(self) }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let connection = served.withLock { $0.connection }
        if connection?.take(job) != true { Self.runElsewhere(job) }
    }

    /// Runs a job without a thread of a connection.
    static func runElsewhere(_ job: UnownedJob) {
        globalConcurrentExecutor.enqueue(job)
    }
}
