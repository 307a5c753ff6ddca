import NIOCore

/// Who holds which of the connections that are leased for transactions, and who waits for one; without clocks or
/// connections.
struct PoolStateMachine {
    /// Identifies someone who waits.
    typealias Waiter = UInt64

    /// Where one connection stands.
    enum Slot: Equatable {
        /// Never leased, so not opened. -> leased (`lease`), closed (`shutDown`)
        case unopened
        /// Open and free. -> leased (`lease`), closed (`shutDown`)
        case idle
        /// Held by a transaction. -> idle or leased again (`giveBack`), closed (`giveBack` after `shutDown`)
        case leased
        /// Told to end; nothing leaves it.
        case closed
    }

    /// The answer to a wish for a connection.
    enum LeaseAction: Equatable {
        /// It is theirs.
        case grant(Int)
        /// None is free; they are in the queue.
        case wait
        /// The queue is full.
        case refuse
        /// The pool is shut down.
        case refuseForShutDown
    }

    /// What to do with a connection that was given back.
    enum ReturnAction: Equatable {
        /// It is free now.
        case none
        /// It goes to the one who waited longest.
        case grant(Int, to: Waiter)
        /// The pool is shut down: end it.
        case close(Int)
    }

    private(set) var slots: [Slot]
    /// Connections that are trying to connect again; they are leased when there is no other.
    private(set) var unavailable: Set<Int> = []
    private(set) var waiters = CircularBuffer<Waiter>()
    private(set) var isShutDown = false
    private let waitersLimit: Int

    /// A pool of connections of which none is open.
    init(size: Int, waitersLimit: Int) {
        slots = Array(repeating: .unopened, count: size)
        self.waitersLimit = waitersLimit
    }

    /// How many connections stand there.
    func count(_ slot: Slot) -> Int {
        slots.count { $0 == slot }
    }

    /// Someone wants a connection: an open one that works, a new one, or at last one that may come back in time.
    mutating func lease(_ waiter: Waiter) -> LeaseAction {
        guard !isShutDown else { return .refuseForShutDown }
        let indices = slots.indices
        let free =
            indices.first { slots[$0] == .idle && !unavailable.contains($0) }
            ?? indices.first { slots[$0] == .unopened }
            ?? indices.first { slots[$0] == .idle }
        if let free {
            slots[free] = .leased
            return .grant(free)
        }
        guard waiters.count < waitersLimit else { return .refuse }
        waiters.append(waiter)
        return .wait
    }

    /// A transaction is over.
    mutating func giveBack(_ slot: Int) -> ReturnAction {
        guard slots[slot] == .leased else { return .none }
        if let waiter = waiters.popFirst() { return .grant(slot, to: waiter) }
        if isShutDown {
            slots[slot] = .closed
            return .close(slot)
        }
        slots[slot] = .idle
        return .none
    }

    /// Someone does not want to wait any longer.
    /// - Returns: false when a connection was granted before.
    mutating func abandon(_ waiter: Waiter) -> Bool {
        guard let index = waiters.firstIndex(of: waiter) else { return false }
        waiters.remove(at: index)
        return true
    }

    /// A connection became ready, or is not any more.
    mutating func availabilityChanged(_ slot: Int, isReady: Bool) {
        if isReady { unavailable.remove(slot) } else { unavailable.insert(slot) }
    }

    /// Refuse what comes and end what is free. Those who wait were accepted and still get a connection; one that is
    /// given back and not wanted ends.
    /// - Returns: the connections to end.
    mutating func shutDown() -> [Int] {
        isShutDown = true
        let free = slots.indices.filter { slots[$0] == .idle || slots[$0] == .unopened }
        for slot in free { slots[slot] = .closed }
        return free
    }
}
