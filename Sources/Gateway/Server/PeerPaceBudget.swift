import NIOCore

/// A countdown that runs only while we wait for the peer.
struct PeerPaceBudget: Equatable {
    private var left: TimeAmount
    private var runningSince: NIODeadline?

    /// A budget that does not run yet.
    init(_ amount: TimeAmount) {
        left = amount
    }

    /// When it will be spent if it keeps running; nil while it is paused.
    var deadline: NIODeadline? { runningSince.map { $0 + left } }

    func isSpent(now: NIODeadline) -> Bool { deadline.map { now >= $0 } ?? false }

    mutating func run(now: NIODeadline) {
        if runningSince == nil { runningSince = now }
    }

    mutating func pause(now: NIODeadline) {
        charge(now: now)
        runningSince = nil
    }

    /// Adds time, but never beyond a bound, and never to a budget that was spent: that would forgive what is over.
    mutating func earn(_ amount: TimeAmount, upTo bound: TimeAmount, now: NIODeadline) {
        charge(now: now)
        guard left > .zero else { return }
        left = min(bound, left + amount)
    }

    private mutating func charge(now: NIODeadline) {
        guard let since = runningSince, now > since else { return }
        left = max(.zero, left - (now - since))
        runningSince = now
    }
}
