import Synchronization

/// Bytes that the envelopes of all requests in work may hold in memory together. Shared by the routers of a daemon.
///
/// A request takes what its envelope needs as the bytes arrive, and gives it back when it is answered. One that finds
/// nothing left is refused at once: waiting would let half-read envelopes wait for each other. Nobody has all of it, so
/// that one sender leaves room for the others.
public final class SOAPEnvelopeBudget: Sendable {
    /// Why there is no room for an envelope.
    public enum Shortage: Sendable, Equatable {
        /// Too much is in work, whoever sent it.
        case all
        /// This sender has so many bytes in work, as many as one may.
        case sender(limit: Int)
    }

    private struct State {
        var taken = 0
        /// What each sender has taken; those who have nothing are not listed.
        var takenBySender: [String: Int] = [:]
    }

    /// What there is.
    public let limit: Int
    /// What one sender may have of it.
    public let senderLimit: Int
    private let state = Mutex(State())

    /// A budget of so many bytes.
    /// - Parameter senderLimit: bytes that one sender may have of it; all of it by default.
    public init(limit: Int, senderLimit: Int? = nil) {
        self.limit = limit
        self.senderLimit = senderLimit ?? limit
    }

    /// Bytes in use, for metrics.
    public var used: Int { state.withLock { $0.taken } }

    /// - Returns: why there is no room; nil when it was taken.
    fileprivate func take(_ bytes: Int, for sender: String) -> Shortage? {
        state.withLock { state in
            let own = state.takenBySender[sender, default: 0]
            guard bytes <= limit - state.taken else { return .all }
            guard bytes <= senderLimit - own else { return .sender(limit: senderLimit) }
            state.taken += bytes
            state.takenBySender[sender] = own + bytes
            return nil
        }
    }

    fileprivate func give(_ bytes: Int, of sender: String) {
        state.withLock { state in
            let own = state.takenBySender[sender, default: 0] - bytes
            state.taken -= bytes
            state.takenBySender[sender] = own == 0 ? nil : own
        }
    }
}

/// What one message has of the budget; gives it back when it goes. Used by one task.
final class SOAPEnvelopeShare {
    private let budget: SOAPEnvelopeBudget?
    private let sender: String
    private var bytes = 0

    init(of budget: SOAPEnvelopeBudget?, sender: String) {
        self.budget = budget
        self.sender = sender
    }

    deinit { if bytes > 0 { budget?.give(bytes, of: sender) } }

    /// Takes room for bytes that arrived.
    /// - Throws: ``SOAPReadFailure/noRoom`` when there is none.
    func take(_ count: Int) throws(SOAPReadFailure) {
        guard let budget else { return }
        if let shortage = budget.take(count, for: sender) { throw .noRoom(shortage) }
        bytes += count
    }
}
