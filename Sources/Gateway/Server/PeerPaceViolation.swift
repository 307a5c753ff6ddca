/// What a slow peer did not do in time. The raw value is a stable word for metrics.
enum PeerPaceViolation: String, Sendable, CaseIterable {
    /// The head of a request did not arrive.
    case slowHead = "slow-head"
    /// A body came slower than the pace.
    case slowBody = "slow-body"
    /// The peer does not read its answer.
    case notReading = "not-reading"

    /// Plain words for the log.
    var sentence: String {
        switch self {
        case .slowHead: "The peer did not send the head of its request in time."
        case .slowBody: "The peer sent the body of its request more slowly than the configured pace."
        case .notReading: "The peer took no byte of its answer within the configured time."
        }
    }
}
