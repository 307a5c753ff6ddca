import FoundationEssentials
public import ServiceLifecycle
import Synchronization

/// Group commit: events of concurrent requests are written together, and each request goes on when its own are durable.
///
/// While one group is being committed the next one gathers; nothing waits for a timer. The writer records the start of the
/// daemon before anything else, and its stop as the last thing.
public final class AuditWriter: Service, Sendable {
    /// Figures for metrics.
    public struct Figures: Sendable {
        /// Groups committed.
        public var groups: Int64 = 0
        /// Events in them.
        public var events: Int64 = 0
        /// Groups that could not be written.
        public var failures: Int64 = 0
    }

    /// The daemon stops; nothing is recorded any more, so nothing may be given out.
    public struct Closed: Error, CustomStringConvertible {
        /// One sentence.
        public var description: String { "the audit trail is closed" }
    }

    private struct Waiting {
        let events: [AuditEvent]
        /// Bytes of what they carry.
        let size: Int
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var waiting: [Waiting] = []
        var writer: CheckedContinuation<Void, Never>?
        var isClosed = false
    }

    /// Events of one group at most.
    private static let groupLimit = 512
    /// Bytes of what they carry at most.
    private static let groupBytes = 16 * 1_048_576
    /// How long the stop is tried to be recorded.
    private static let stopTime = Duration.seconds(5)

    private let journal: AuditJournal
    private let committed: @Sendable (_ events: Int, _ duration: Duration) -> Void
    private let state = Mutex(State())
    private let counts = Mutex(Figures())

    /// A writer to a journal.
    /// - Parameter committed: told of every group with the time its commit took.
    public init(
        journal: AuditJournal,
        committed: @escaping @Sendable (_ events: Int, _ duration: Duration) -> Void = { _, _ in }
    ) {
        self.journal = journal
        self.committed = committed
    }

    /// Figures since the start.
    public var figures: Figures { counts.withLock { $0 } }

    /// Records events; returns when they are durable.
    /// - Throws: when they could not be written: what they are about may then not be disclosed.
    public func record(_ events: [AuditEvent]) async throws {
        guard !events.isEmpty else { return }
        let size = events.reduce(0) { $0 + $1.size }
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            let (isClosed, writer) = state.withLock { state -> (Bool, CheckedContinuation<Void, Never>?) in
                guard !state.isClosed else { return (true, nil) }
                state.waiting.append(Waiting(events: events, size: size, continuation: continuation))
                defer { state.writer = nil }
                return (false, state.writer)
            }
            if isClosed { continuation.resume(throwing: Closed()) }
            writer?.resume()
        }
    }

    /// Writes until the daemon stops, then what is left, then the stop itself.
    public func run() async throws {
        do {
            try await journal.append([AuditEvent(.applicationStart)])
        } catch {
            close()
            await drain(failing: error)
            throw error
        }
        await withTaskCancellationOrGracefulShutdownHandler {
            while let group = await nextGroup() { await commit(group) }
        } onCancelOrGracefulShutdown: {
            self.close()
        }
        // A task of its own: the stop is recorded also when the time of a stop is used up. Nobody comes after it to ask
        // again, so it is tried again here: connections that died unnoticed are found out one by one.
        let journal = journal
        try await Task { try await journal.append([AuditEvent(.applicationStop)], tryingFor: Self.stopTime) }.value
    }

    // MARK: Groups

    /// Waits for events; `nil` when the writer is closed and all have been taken.
    private func nextGroup() async -> [Waiting]? {
        while true {
            let (group, isClosed) = state.withLock { state -> ([Waiting], Bool) in
                var count = 0
                var (events, bytes) = (0, 0)
                while count < state.waiting.count {
                    events += state.waiting[count].events.count
                    bytes += state.waiting[count].size
                    // Who brings more than a group holds gets one alone, which is written in pieces.
                    if count > 0, events > Self.groupLimit || bytes > Self.groupBytes { break }
                    count += 1
                }
                defer { state.waiting.removeFirst(count) }
                return (Array(state.waiting.prefix(count)), state.isClosed)
            }
            if !group.isEmpty { return group }
            if isClosed { return nil }
            await withCheckedContinuation { continuation in
                let isNeeded = state.withLock { state -> Bool in
                    guard state.waiting.isEmpty, !state.isClosed else { return false }
                    state.writer = continuation
                    return true
                }
                if !isNeeded { continuation.resume() }
            }
        }
    }

    private func commit(_ group: [Waiting]) async {
        let start = ContinuousClock.now
        let events = group.flatMap(\.events)
        do {
            for piece in Self.pieces(events) { try await journal.append(Array(piece)) }
            counts.withLock {
                $0.groups += 1
                $0.events += Int64(events.count)
            }
            committed(events.count, start.duration(to: .now))
            for waiting in group { waiting.continuation.resume() }
        } catch {
            counts.withLock { $0.failures += 1 }
            for waiting in group { waiting.continuation.resume(throwing: error) }
        }
    }

    /// Events in pieces that one statement may bind.
    static func pieces(_ events: [AuditEvent]) -> [ArraySlice<AuditEvent>] {
        var pieces: [ArraySlice<AuditEvent>] = []
        var (start, bytes) = (0, 0)
        for index in events.indices {
            let size = events[index].size
            if index > start, index - start >= groupLimit || bytes + size > groupBytes {
                pieces.append(events[start..<index])
                (start, bytes) = (index, 0)
            }
            bytes += size
        }
        pieces.append(events[start...])
        return pieces
    }

    private func close() {
        let writer = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.isClosed = true
            defer { state.writer = nil }
            return state.writer
        }
        writer?.resume()
    }

    private func drain(failing error: any Error) async {
        while let group = await nextGroup() {
            for waiting in group { waiting.continuation.resume(throwing: error) }
        }
    }
}
