import NIOCore

/// Closes the connection of a peer that falls silent in the middle of a body, or trickles it: measured where its bytes are
/// waited for, so that time in which we take nothing never counts, and whoever asked the network for them.
///
/// ``PeerPaceStateMachine`` judges the pace of what it asked for itself; TLS reads on its own account, too, and a peer
/// that sends a little at a time would live between the two.
struct BodyStall: Sendable {
    /// How long the reader waits for the next bytes at most, and over what time the pace is looked at; the connection
    /// closes within twice this time.
    let limit: Duration
    /// The slowest pace.
    let bytesPerSecond: Int
    /// Told about a peer that is closed, on its event loop.
    let observe: @Sendable (PeerPaceViolation, SocketAddress?) -> Void

    /// What was so at the end of an interval.
    struct Mark: Sendable {
        var waited = Duration.zero
        var bytes = 0
    }

    /// Looks after a body until the task is cancelled.
    func watch(_ progress: TrackedBody.Progress, on channel: any Channel) -> RepeatedTask {
        let interval = TimeAmount(limit)
        let last = NIOLoopBoundBox.makeBoxSendingValue(Mark(), eventLoop: channel.eventLoop)
        return channel.eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { task in
            let mark = Mark(waited: progress.totalTimeWaiting, bytes: progress.bytesRead)
            defer { last.value = mark }
            guard progress.timeWaiting >= limit || isTooSlow(from: last.value, to: mark), !progress.reachedEnd else {
                return
            }
            task.cancel()
            observe(.slowBody, channel.remoteAddress)
            channel.close(promise: nil)
        }
    }

    /// Whether the peer was waited for most of an interval, and sent less than the pace in that time.
    func isTooSlow(from last: Mark, to mark: Mark) -> Bool {
        let waited = mark.waited - last.waited
        guard waited * 2 >= limit else { return false }
        let seconds = Double(waited.components.seconds) + Double(waited.components.attoseconds) * 1e-18
        return Double(mark.bytes - last.bytes) < seconds * Double(bytesPerSecond)
    }
}
