import Synchronization

/// Bytes that the envelopes of all requests in work may hold in memory together. Shared by the routers of a daemon.
///
/// A request takes what its envelope needs as the bytes arrive, and gives it back when it is answered. One that finds
/// nothing left is refused at once: waiting would let half-read envelopes wait for each other.
public final class SOAPEnvelopeBudget: Sendable {
    /// What there is.
    public let limit: Int
    private let taken = Atomic<Int>(0)

    /// A budget of so many bytes.
    public init(limit: Int) {
        self.limit = limit
    }

    /// Bytes in use, for metrics.
    public var used: Int { taken.load(ordering: .relaxed) }

    fileprivate func take(_ bytes: Int) -> Bool {
        guard taken.add(bytes, ordering: .relaxed).newValue <= limit else {
            taken.subtract(bytes, ordering: .relaxed)
            return false
        }
        return true
    }

    fileprivate func give(_ bytes: Int) {
        taken.subtract(bytes, ordering: .relaxed)
    }
}

/// What one message has of the budget; gives it back when it goes. Used by one task.
final class SOAPEnvelopeShare {
    private let budget: SOAPEnvelopeBudget?
    private var bytes = 0

    init(of budget: SOAPEnvelopeBudget?) {
        self.budget = budget
    }

    deinit { budget?.give(bytes) }

    /// Takes room for bytes that arrived.
    /// - Throws: ``SOAPReadFailure/noRoom`` when there is none.
    func take(_ count: Int) throws(SOAPReadFailure) {
        guard let budget else { return }
        guard budget.take(count) else { throw .noRoom }
        bytes += count
    }
}
