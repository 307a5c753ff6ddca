import NIOCore
import ServiceLifecycle
import Synchronization

/// Looks after short bodies, all of them together: one that stops coming, or trickles, is closed within twice the limit
/// of ``BodyStall``. A timer for each, as long bodies have, would cost a query more than its body does.
final class BodySweep: Service {
    private struct Watched {
        let progress: TrackedBody.Progress
        let channel: any Channel
        /// What was so at the last sweep, from the begin of the body on.
        var last = BodyStall.Mark()
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

    /// Closes the connections of bodies that stand still or came too slowly since the last sweep.
    func sweep() {
        let slow = watched.withLock { watched in
            var slow: [Watched] = []
            for (identifier, body) in watched where !body.progress.reachedEnd {
                let mark = BodyStall.Mark(waited: body.progress.totalTimeWaiting, bytes: body.progress.bytesRead)
                if body.progress.timeWaiting >= stall.limit || stall.isTooSlow(from: body.last, to: mark) {
                    slow.append(body)
                }
                watched[identifier]?.last = mark
            }
            return slow
        }
        for body in slow {
            stall.observe(.slowBody, body.channel.remoteAddress)
            body.channel.close(promise: nil)
        }
    }
}
