/// Exponential back-off with jitter: each pause is drawn from the upper half of a span that doubles up to a limit, so
/// that the connections of many nodes do not return in step after the server restarted.
struct Backoff: Sendable {
    /// The first span.
    var minimum: Duration
    /// The largest span.
    var maximum: Duration

    /// The pause after the given number of failures in a row, from 0.
    /// - Parameter jitter: a random number from 0 to 1.
    func pause(failures: Int, jitter: Double) -> Duration {
        let doublings = min(max(failures, 0), 20)
        let span = min(minimum * (1 << doublings), maximum)
        return span * (0.5 + 0.5 * min(max(jitter, 0), 1))
    }
}
