import Logging
import NIOCore
import Synchronization

/// Writes handshake failures to the log, at most one line a minute for the same address and reason: a partner with a
/// wrong certificate retries for ever, and must not drown the log. Lines held back are counted in the next one.
struct MutualTLSLog: Sendable {
    let logger: Logger
    private let limiter = MutualTLSLogLimiter()

    init(logger: Logger) {
        self.logger = logger
    }

    func failed(_ failure: MutualTLSFailure, address: SocketAddress?, connection: UInt64) {
        var level = Logger.Level.warning
        // Monitors and load balancers do this all day.
        if case .disconnected = failure { level = .debug }
        write(
            level, "TLS handshake failed", failure.word, failure.sentence, address, ["connection": "\(connection)"])
    }

    func slow(_ violation: PeerPaceViolation, address: SocketAddress?) {
        write(.notice, "slow peer, connection closed", violation.rawValue, violation.sentence, address)
    }

    func unreadable(_ problem: UnreadableRequest, address: SocketAddress?) {
        write(.notice, "request cannot be read, connection closed", problem.word, problem.sentence, address)
    }

    private func write(
        _ level: Logger.Level, _ message: Logger.Message, _ reason: String, _ explanation: String,
        _ address: SocketAddress?, _ more: Logger.Metadata = [:]
    ) {
        let host = address?.ipAddress ?? "unknown"
        guard let left = limiter.admit("\(host) \(reason)", now: .now()) else { return }
        var metadata = more
        metadata["reason"] = "\(reason)"
        metadata["explanation"] = "\(explanation)"
        metadata["address"] = "\(address?.peerText ?? "unknown")"
        if left.out > 0 { metadata["suppressed"] = "\(left.out)" }
        if left.outOfOthers > 0 { metadata["suppressedOfOthers"] = "\(left.outOfOthers)" }
        logger.log(level: level, message, metadata: metadata)
    }
}

/// Remembers which lines were written lately. Bounded: so many keys, and a line of each in an interval.
final class MutualTLSLogLimiter: Sendable {
    /// What was left out of the log before a line.
    struct Left: Equatable {
        /// Lines of the same key.
        var out = 0
        /// Lines of keys that were given up, or had no room.
        var outOfOthers = 0
    }

    private struct Line {
        var writtenAt: NIODeadline
        var suppressed: Int
    }

    private struct State {
        var lines: [String: Line] = [:]
        var outOfOthers = 0
        /// Before this there is no room to be made.
        var fullUntil = NIODeadline.distantPast
    }

    private let interval: TimeAmount
    private let maximumKeys: Int
    private let state = Mutex(State())

    init(interval: TimeAmount = .minutes(1), maximumKeys: Int = 1_000) {
        self.interval = interval
        self.maximumKeys = maximumKeys
    }

    /// Whether a line may be written now.
    /// - Returns: what was held back since the last one; nil when this one is held back too.
    func admit(_ key: String, now: NIODeadline) -> Left? {
        state.withLock { state in
            if let line = state.lines[key] {
                guard now >= line.writtenAt + interval else {
                    state.lines[key]?.suppressed += 1
                    return nil
                }
            } else if state.lines.count >= maximumKeys, !makeRoom(&state, now: now) {
                // Many peers fail at once, and new ones are only counted until a minute has passed.
                state.outOfOthers += 1
                return nil
            }
            let left = Left(out: state.lines[key]?.suppressed ?? 0, outOfOthers: state.outOfOthers)
            state.outOfOthers = 0
            state.lines[key] = Line(writtenAt: now, suppressed: 0)
            return left
        }
    }

    /// Gives up keys whose interval is over; what they held back is told with the next line.
    private func makeRoom(_ state: inout State, now: NIODeadline) -> Bool {
        guard now >= state.fullUntil else { return false }
        for (key, line) in state.lines where now >= line.writtenAt + interval {
            state.outOfOthers += line.suppressed
            state.lines[key] = nil
        }
        guard state.lines.count >= maximumKeys else { return true }
        state.fullUntil = (state.lines.values.map(\.writtenAt).min() ?? now) + interval
        return false
    }
}
