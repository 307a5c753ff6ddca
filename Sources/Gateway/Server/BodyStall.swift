import NIOCore

/// Closes the connection of a peer that falls silent in the middle of a body: measured where its bytes are waited for, so
/// that time in which we take nothing never counts. The pace of what does come is ``PeerPaceStateMachine``'s business.
struct BodyStall: Sendable {
    /// How long the reader waits for the next bytes at most; the connection closes within twice this time.
    let limit: Duration

    /// Looks after a body until the task is cancelled.
    func watch(_ progress: TrackedBody.Progress, on channel: any Channel) -> RepeatedTask {
        let interval = TimeAmount(limit)
        return channel.eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
            if progress.timeWaiting >= limit { channel.close(promise: nil) }
        }
    }
}
