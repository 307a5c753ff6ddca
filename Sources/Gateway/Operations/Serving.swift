import ServiceLifecycle
import Synchronization

/// Whether the front door takes requests: what `/health/ready` tells a load balancer beside the state of the parts.
///
/// As a service it is the last of its group, so it is the first to hear of a stop.
final class Serving: Service {
    /// Where the daemon stands.
    enum Phase: Sendable {
        /// The front door does not listen yet.
        case starting
        /// Requests are taken.
        case serving
        /// Accepted requests are finished; a load balancer sends new ones elsewhere.
        case stopping
    }

    private let current = Mutex(Phase.starting)

    /// The phase now.
    var phase: Phase { current.withLock { $0 } }

    /// The front door listens.
    func began() {
        current.withLock { if $0 == .starting { $0 = .serving } }
    }

    /// Waits for the stop and takes note of it.
    func run() async throws {
        do {
            try await gracefulShutdown()
        } catch is CancellationError {
            // The daemon ends at once instead.
        }
        current.withLock { $0 = .stopping }
    }
}
