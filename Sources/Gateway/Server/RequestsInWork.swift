import Synchronization

/// How many requests are being answered: a bound on what all of them together may hold in memory.
final class RequestsInWork: Sendable {
    private let limit: Int
    private let count = Atomic<Int>(0)

    init(limit: Int) {
        self.limit = limit
    }

    /// Requests being answered now.
    var current: Int { count.load(ordering: .relaxed) }

    /// Takes a place; `false` when there is none, and then there is nothing to give back.
    func begin() -> Bool {
        guard count.add(1, ordering: .relaxed).newValue <= limit else {
            count.subtract(1, ordering: .relaxed)
            return false
        }
        return true
    }

    /// Gives the place back.
    func end() {
        count.subtract(1, ordering: .relaxed)
    }
}
