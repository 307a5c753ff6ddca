import NIOCore
import Synchronization

/// Ends what a session waits for, once the daemon cannot wait any longer: waiting for the network is not ended by cancellation.
final class SyslogCut: Sendable {
    private struct State {
        var isCut = false
        var next = 0
        var waiting: [Int: @Sendable () -> Void] = [:]
    }

    private let state = Mutex(State())

    /// Whether it is over.
    var isCut: Bool { state.withLock { $0.isCut } }

    /// Waits for a promise, but not beyond the cut.
    /// - Throws: ``SyslogFailure/notReading`` at the cut.
    func wait<Value: Sendable>(for promise: EventLoopPromise<Value>) async throws -> Value {
        let number = state.withLock { state -> Int? in
            guard !state.isCut else { return nil }
            state.next += 1
            state.waiting[state.next] = { promise.fail(SyslogFailure.notReading) }
            return state.next
        }
        guard let number else {
            promise.fail(SyslogFailure.notReading)
            return try await promise.futureResult.get()
        }
        defer { state.withLock { $0.waiting[number] = nil } }
        return try await promise.futureResult.get()
    }

    /// Ends all that waits, now and later.
    func cut() {
        let waiting = state.withLock { state in
            state.isCut = true
            return Array(state.waiting.values)
        }
        for end in waiting { end() }
    }
}
