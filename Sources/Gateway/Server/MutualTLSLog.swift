import Logging
import NIOCore
import Synchronization

/// Writes handshake failures to the log, at most one line a minute for the same address and reason: a partner with a
/// wrong certificate retries for ever, and must not drown the log.
struct MutualTLSLog: Sendable {
    let logger: Logger
    private let limiter = MutualTLSLogLimiter()

    init(logger: Logger) {
        self.logger = logger
    }

    func failed(_ failure: MutualTLSFailure, address: SocketAddress?, connection: UInt64) {
        let host = address?.ipAddress ?? "unknown"
        guard let suppressed = limiter.admit("\(host) \(failure.word)", now: .now()) else { return }
        var metadata: Logger.Metadata = [
            "reason": "\(failure.word)", "explanation": "\(failure.sentence)",
            "address": "\(address?.peerText ?? "unknown")", "connection": "\(connection)",
        ]
        if suppressed > 0 { metadata["suppressed"] = "\(suppressed)" }
        if case .disconnected = failure {
            // Monitors and load balancers do this all day.
            logger.debug("TLS handshake failed", metadata: metadata)
        } else {
            logger.warning("TLS handshake failed", metadata: metadata)
        }
    }

    func slow(_ violation: PeerPaceViolation, address: SocketAddress?) {
        let host = address?.ipAddress ?? "unknown"
        guard let suppressed = limiter.admit("\(host) \(violation.rawValue)", now: .now()) else { return }
        var metadata: Logger.Metadata = [
            "reason": "\(violation.rawValue)", "explanation": "\(violation.sentence)",
            "address": "\(address?.peerText ?? "unknown")",
        ]
        if suppressed > 0 { metadata["suppressed"] = "\(suppressed)" }
        logger.notice("slow peer, connection closed", metadata: metadata)
    }
}

/// Remembers which lines were written lately. Bounded.
final class MutualTLSLogLimiter: Sendable {
    private struct Line {
        var writtenAt: NIODeadline
        var suppressed: Int
    }

    private let interval: TimeAmount
    private let maximumKeys: Int
    private let lines = Mutex<[String: Line]>([:])

    init(interval: TimeAmount = .minutes(1), maximumKeys: Int = 1_000) {
        self.interval = interval
        self.maximumKeys = maximumKeys
    }

    /// Whether a line may be written now.
    /// - Returns: how many lines of this key were held back since the last one; nil when this one is held back too.
    func admit(_ key: String, now: NIODeadline) -> Int? {
        lines.withLock { lines in
            if let line = lines[key], now < line.writtenAt + interval {
                lines[key]?.suppressed += 1
                return nil
            }
            let suppressed = lines[key]?.suppressed ?? 0
            if lines[key] == nil, lines.count >= maximumKeys {
                lines = lines.filter { now < $0.value.writtenAt + interval }
                // Still full: many peers fail at once, and new ones go unlogged until a minute has passed.
                if lines.count >= maximumKeys { return nil }
            }
            lines[key] = Line(writtenAt: now, suppressed: 0)
            return suppressed
        }
    }
}
