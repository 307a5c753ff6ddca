import UnixSignals

/// Work that a signal interrupts in an orderly way: what was begun is finished, and its owner cleans up.
enum Interruptible {
    /// A signal came.
    struct Interrupted: Error, CustomStringConvertible {
        let description = "stopped by a signal"
    }

    /// Runs a body to its end unless a signal comes.
    /// - Throws: ``Interrupted`` after the body, cancelled, came to its end; what the body throws otherwise.
    static func run<R: Sendable>(
        until signals: UnixSignalsSequence, _ body: @escaping @Sendable () async throws -> R
    ) async throws -> R {
        try await withThrowingTaskGroup(of: R?.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                let result = try await body()
                try Task.checkCancellation()
                return result
            }
            group.addTask {
                for await _ in signals { break }
                return nil
            }
            guard let first = try await group.next(), let result = first else { throw Interrupted() }
            return result
        }
    }
}
