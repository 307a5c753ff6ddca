import NIOPosix

extension NIOThreadPool {
    /// Runs blocking work, also for a task that has been cancelled.
    ///
    /// `runIfActive` would drop what such a task asks for, and that is its clean-up: files left open or behind.
    /// - Throws: what the work throws; `CancellationError` if the pool has stopped.
    func perform<R: Sendable>(_ work: @escaping @Sendable () throws -> R) async throws -> R {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<R, any Error>) in
            submit { state in
                switch state {
                case .active: continuation.resume(with: Result(catching: work))
                case .cancelled: continuation.resume(throwing: CancellationError())
                }
            }
        }
    }
}
