import NIOCore
import ServiceLifecycle
import Synchronization

/// Looks after short bodies, all of them together: one that stops coming is closed within twice the limit of
/// ``BodyStall``. A timer for each, as long bodies have, would cost a query more than its body does.
final class BodySweep: Service {
    private struct Watched {
        let progress: TrackedBody.Progress
        let channel: any Channel
    }

    /// The rules, and who is told.
    let stall: BodyStall
    private let watched = Mutex<[ObjectIdentifier: Watched]>([:])

    init(stall: BodyStall) {
        self.stall = stall
    }

    /// Takes a body in; it must be taken out by ``end(_:)``.
    func begin(_ progress: TrackedBody.Progress, on channel: any Channel) {
        watched.withLock { $0[ObjectIdentifier(progress)] = Watched(progress: progress, channel: channel) }
    }

    /// Takes a body out.
    func end(_ progress: TrackedBody.Progress) {
        watched.withLock { $0[ObjectIdentifier(progress)] = nil }
    }

    /// Sweeps until the daemon stops.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do { try await Task.sleep(for: self.stall.limit) } catch { return }
                self.sweep()
            }
        }
    }

    /// Closes the connections of bodies that stand still.
    func sweep() {
        let still = watched.withLock { watched in
            watched.values.filter { !$0.progress.reachedEnd && $0.progress.timeWaiting >= stall.limit }
        }
        for body in still {
            stall.observe(.slowBody, body.channel.remoteAddress)
            body.channel.close(promise: nil)
        }
    }
}
