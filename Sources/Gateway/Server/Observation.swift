import CoreMetrics
import Logging
import NIOCore
import Synchronization

/// Everything worth telling that happens at the front door; one value feeds both log and metrics.
///
/// No case carries patient data: identifiers of requests, organisations and transactions, counts and durations only.
enum Observation: Sendable {
    /// A request was answered, or its sender went away before it could be.
    case answered(Answer)
    /// A peer was refused whose handshake had been good.
    case refusedPeer(requestID: String, reason: String, explanation: String, certificate: String, address: String)
    /// A message departed from the standard and was understood all the same.
    case deviated(organisation: String, transaction: String, deviations: [String])
    /// A handler failed inside; the partner got no detail, the log line has the cause.
    case internalFailure(requestID: String, cause: String)

    /// What an answered request cost and how it ended.
    struct Answer: Sendable {
        var requestID: String
        var organisation: String
        /// Transaction as `ITI-18`, or `unknown`.
        var transaction: String
        /// `Success`, `Failure`, `PartialSuccess`, `fault`, `refused`, `limited`, `overloaded` or `disconnected`.
        var outcome: String
        /// HTTP status, or MSA-1 of an HL7 v2 acknowledgement.
        var status: String
        /// Reason of the fault, if it was one: our own words, never content of the message.
        var fault: String?
        /// The limit of the organisation that was reached: `requests`, `bytes` or `rate`.
        var limit: String?
        var bytesReceived: Int
        var duration: Duration
    }
}

/// Turns observations into log lines and metrics.
struct Observer: Sendable {
    let logger: Logger
    let metrics: MetricsRegistry
    /// Peers that are refused try again for ever, and must not drown the log.
    private let refusals = MutualTLSLogLimiter()
    private let answers = AnswerFigures()

    init(logger: Logger, metrics: MetricsRegistry) {
        self.logger = logger
        self.metrics = metrics
    }

    func observe(_ observation: Observation) {
        switch observation {
        case .answered(let answer): observe(answer)
        case .refusedPeer(let requestID, let reason, let explanation, let certificate, let address):
            Counter(label: "xds_peers_refused_total", dimensions: [("reason", reason)], factory: metrics).increment()
            guard let left = refusals.admit("\(HandshakeJournal.host(of: address)) \(reason)", now: .now()) else {
                return
            }
            var metadata: Logger.Metadata = [
                "request": "\(requestID)", "explanation": "\(explanation)", "certificate": "\(certificate)",
                "address": "\(address)",
            ]
            if left.out > 0 { metadata["suppressed"] = "\(left.out)" }
            if left.outOfOthers > 0 { metadata["suppressedOfOthers"] = "\(left.outOfOthers)" }
            logger.warning("peer refused", metadata: metadata)
        case .deviated(let organisation, let transaction, let deviations):
            for deviation in deviations {
                Counter(
                    label: "xds_deviations_total",
                    dimensions: [
                        ("organisation", organisation), ("transaction", transaction), ("deviation", deviation),
                    ], factory: metrics
                ).increment()
            }
        case .internalFailure(let requestID, let cause):
            Counter(label: "xds_internal_errors_total", factory: metrics).increment()
            logger.error("internal error", metadata: ["request": "\(requestID)", "cause": "\(cause)"])
        }
    }

    private func observe(_ answer: Observation.Answer) {
        let figures = answers.figures(of: answer, in: metrics)
        figures.requests.increment()
        figures.duration.recordNanoseconds(answer.duration.nanoseconds)
        figures.bytes.increment(by: answer.bytesReceived)
        if let limit = answer.limit {
            Counter(
                label: "xds_requests_limited_total",
                dimensions: [("organisation", answer.organisation), ("limit", limit)], factory: metrics
            ).increment()
        }
        let level: Logger.Level = answer.outcome == "Success" ? .info : .notice
        guard logger.logLevel <= level else { return }
        var metadata: Logger.Metadata = [
            "request": .string(answer.requestID), "organisation": .string(answer.organisation),
            "transaction": .string(answer.transaction), "outcome": .string(answer.outcome),
            "status": .string(answer.status),
            "milliseconds": .string(String(Double(answer.duration.nanoseconds / 10_000) / 100)),
        ]
        if let fault = answer.fault { metadata["fault"] = .string(fault) }
        logger.log(level: level, "request answered", metadata: metadata)
    }
}

/// The figures of answered requests, found once for each kind of answer: to find them anew costs a request more than to count it.
private final class AnswerFigures: Sendable {
    /// What is counted of one kind of answer.
    struct Figures: Sendable {
        let requests: Counter
        let duration: Timer
        let bytes: Counter
    }

    private struct Kind: Hashable {
        let transaction: String
        let organisation: String
        let outcome: String
    }

    /// As many as the metrics themselves: registered organisations times transactions times outcomes.
    private let known = Mutex<[Kind: Figures]>([:])

    func figures(of answer: Observation.Answer, in metrics: MetricsRegistry) -> Figures {
        let kind = Kind(
            transaction: answer.transaction, organisation: answer.organisation, outcome: answer.outcome)
        return known.withLock { known in
            if let figures = known[kind] { return figures }
            let labels = [("transaction", kind.transaction), ("organisation", kind.organisation)]
            let figures = Figures(
                requests: Counter(
                    label: "xds_requests_total", dimensions: labels + [("outcome", kind.outcome)], factory: metrics),
                duration: Timer(
                    label: "xds_request_duration_seconds", dimensions: [labels[0]], factory: metrics),
                bytes: Counter(label: "xds_received_bytes_total", dimensions: labels, factory: metrics))
            known[kind] = figures
            return figures
        }
    }
}

extension Duration {
    /// Whole nanoseconds.
    var nanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}
