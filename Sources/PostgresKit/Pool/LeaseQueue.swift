import Synchronization

/// The leases of a client: the pool's state machine and the continuations of those who wait.
///
/// A waiter is resumed once: whoever removes its continuation from the dictionary, under the mutex, resumes it.
final class LeaseQueue: Sendable {
    typealias Outcome = Result<Int, PostgresError>

    private struct State {
        var machine: PoolStateMachine
        var continuations: [PoolStateMachine.Waiter: UnsafeContinuation<Outcome, Never>] = [:]
        /// Grants to waiters whose continuation was not there yet.
        var granted: [PoolStateMachine.Waiter: Int] = [:]
        var nextWaiter: PoolStateMachine.Waiter = 0
    }

    private let state: Mutex<State>
    private let wait: Duration

    /// Leases of `size` connections.
    /// - Parameters:
    ///   - wait: how long someone waits for one.
    ///   - waitersLimit: how many may wait.
    init(size: Int, wait: Duration, waitersLimit: Int) {
        state = Mutex(State(machine: PoolStateMachine(size: size, waitersLimit: waitersLimit)))
        self.wait = wait
    }

    /// Numbers of connections held and free, and of those who wait for one.
    var counts: (leased: Int, idle: Int, waiting: Int) {
        state.withLock { ($0.machine.count(.leased), $0.machine.count(.idle), $0.machine.waiters.count) }
    }

    /// Leases a connection, waiting for one if need be.
    /// - Throws: `poolExhausted`, `shutDown` or `cancelled`.
    func lease() async throws(PostgresError) -> Int {
        let (waiter, action) = state.withLock { state in
            state.nextWaiter += 1
            return (state.nextWaiter, state.machine.lease(state.nextWaiter))
        }
        switch action {
        case .grant(let slot): return slot
        case .refuse: throw PostgresError(.poolExhausted)
        case .refuseForShutDown: throw PostgresError(.shutDown)
        case .wait: return try await waitForGrant(waiter).get()
        }
    }

    /// Gives a connection back.
    /// - Returns: what became of it; one to be closed is to be ended by the caller.
    func giveBack(_ slot: Int) -> PoolStateMachine.ReturnAction {
        let (action, continuation) = state.withLock { state in
            let action = state.machine.giveBack(slot)
            guard case .grant(_, let waiter) = action else {
                return (action, UnsafeContinuation<Outcome, Never>?.none)
            }
            let continuation = state.continuations.removeValue(forKey: waiter)
            // Granted before its continuation was there: it finds the slot when it comes.
            if continuation == nil { state.granted[waiter] = slot }
            return (action, continuation)
        }
        continuation?.resume(returning: .success(slot))
        return action
    }

    /// Waits in the queue, at most as long as configured. The slow path: only here a task is made.
    private func waitForGrant(_ waiter: PoolStateMachine.Waiter) async -> Outcome {
        await withTaskGroup(of: Outcome?.self) { group in
            group.addTask { await self.grant(to: waiter) }
            group.addTask {
                do {
                    try await Task.sleep(for: self.wait)
                    self.abandon(waiter, PostgresError(.poolExhausted))
                } catch {
                    // The group was cancelled: granted, or the caller left.
                }
                return nil
            }
            var outcome = Outcome.failure(PostgresError(.cancelled))
            for await case let result? in group {
                outcome = result
                group.cancelAll()
            }
            return outcome
        }
    }

    private func grant(to waiter: PoolStateMachine.Waiter) async -> Outcome {
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let early = state.withLock { state -> Outcome? in
                    if let slot = state.granted.removeValue(forKey: waiter) { return .success(slot) }
                    guard state.machine.waiters.contains(waiter) else { return .failure(PostgresError(.cancelled)) }
                    state.continuations[waiter] = continuation
                    return nil
                }
                if let early { continuation.resume(returning: early) }
            }
        } onCancel: {
            abandon(waiter, PostgresError(.cancelled))
        }
    }

    private func abandon(_ waiter: PoolStateMachine.Waiter, _ error: PostgresError) {
        let continuation = state.withLock { state -> UnsafeContinuation<Outcome, Never>? in
            guard state.machine.abandon(waiter) else { return nil }
            return state.continuations.removeValue(forKey: waiter)
        }
        continuation?.resume(returning: .failure(error))
    }

    /// A connection became ready, or is not any more.
    func availabilityChanged(_ slot: Int, isReady: Bool) {
        state.withLock { $0.machine.availabilityChanged(slot, isReady: isReady) }
    }

    /// Refuses new leases.
    /// - Returns: the connections to end now.
    func shutDown() -> [Int] {
        state.withLock { $0.machine.shutDown() }
    }
}
