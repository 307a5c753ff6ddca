import FoundationEssentials
public import ServiceLifecycle
import Synchronization
public import XDSMetadata

/// Group commit: events of concurrent requests are written together, and each request goes on when its own are durable.
///
/// Who comes first writes for all who come until it begins, in its own task, without a change of thread. While it commits
/// the next group gathers, and the first of those writes next; nothing waits for a timer. A task that is cancelled while it
/// writes fails its whole group; those of requests are cancelled only when the time of a stop is used up. The writer records
/// the start of the daemon before anything else, and its stop as the last thing.
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

    /// What becomes of events that were handed in.
    private enum Turn {
        /// They are durable.
        case written
        /// What they rest on is not true; nothing was written.
        case untrue
        /// Whoever handed them in writes now: these, and those of others.
        case writes
    }

    /// Events that are written together or not at all.
    private struct Entry {
        let events: [AuditEvent]
        /// They may be written only while these are true.
        let premises: [EventPremise]
        /// Bytes of what they carry.
        let size: Int

        func isUntrue(by failing: Set<EventPremise>) -> Bool {
            !failing.isEmpty && premises.contains(where: failing.contains)
        }
    }

    private struct Waiting {
        let entry: Entry
        let continuation: UnsafeContinuation<Result<Turn, any Error>, Never>
    }

    private struct State {
        /// Those who handed in events since the last group began; the first of them writes the next.
        var waiting: [Waiting] = []
        /// Whether somebody writes, or ``AuditWriter/run()`` has not recorded the start yet.
        var isBusy = true
        var isClosed = false
        /// Waits until the writer is closed and nobody writes.
        var closing: UnsafeContinuation<Void, Never>?
    }

    /// Events of one group at most.
    private static let groupLimit = 512
    /// Bytes of what they carry at most.
    private static let groupBytes = 16 * 1_048_576
    /// Attempts to write a group whose patients change meanwhile; after them all that rests on versions counts as untrue.
    private static let rounds = 3
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
        _ = try await record(events, while: [])
    }

    /// Records events of an answer, if what it rests on is true; returns when they are durable.
    /// - Parameter premises: what the answer rests on. What was committed before, and is true, is durable with the events.
    /// - Returns: whether all of them are true. If not, nothing was recorded.
    /// - Throws: when they could not be written: what they are about may then not be disclosed.
    public func record(_ events: [AuditEvent], while premises: [EventPremise]) async throws -> Bool {
        // Without an event nothing is looked at.
        guard !events.isEmpty else { return premises.isEmpty }
        let entry = Entry(events: events, premises: premises, size: events.reduce(0) { $0 + $1.size })
        switch try await turn(entry) {
        case .written: return true
        case .untrue: return false
        case .writes: return try await write(entry)
        }
    }

    /// Writes until the daemon stops, then what is left, then the stop itself.
    public func run() async throws {
        do {
            try await journal.append([AuditEvent(.applicationStart)])
        } catch {
            let waiting = state.withLock { state in
                state.isClosed = true
                defer { state.waiting = [] }
                return state.waiting
            }
            for waiting in waiting { waiting.continuation.resume(returning: .failure(error)) }
            throw error
        }
        handOver()
        await withTaskCancellationOrGracefulShutdownHandler {
            await idleAndClosed()
        } onCancelOrGracefulShutdown: {
            self.close()
        }
        // A task of its own: the stop is recorded also when the time of a stop is used up. Nobody comes after it to ask
        // again, so it is tried again here: connections that died unnoticed are found out one by one.
        let journal = journal
        try await Task { try await journal.append([AuditEvent(.applicationStop)], tryingFor: Self.stopTime) }.value
    }

    // MARK: Groups

    /// Hands in events: either nobody writes, or somebody will write them, or will say that it is their turn.
    private func turn(_ entry: Entry) async throws -> Turn {
        try await withUnsafeContinuation { continuation in
            let early = state.withLock { state -> Result<Turn, any Error>? in
                guard !state.isClosed else { return .failure(Closed()) }
                guard state.isBusy else {
                    state.isBusy = true
                    return .success(.writes)
                }
                state.waiting.append(Waiting(entry: entry, continuation: continuation))
                return nil
            }
            if let early { continuation.resume(returning: early) }
        }.get()
    }

    /// Writes an entry together with those of all who wait, as far as a group holds them, and gives the turn to the next.
    /// - Returns: whether the entry was written, because what it rests on is true.
    private func write(_ own: Entry) async throws -> Bool {
        let others = state.withLock { state in
            var count = 0
            // Who brings more than a group holds gets one alone, which is written in pieces.
            var (total, bytes) = (own.events.count, own.size)
            for waiting in state.waiting {
                total += waiting.entry.events.count
                bytes += waiting.entry.size
                if total > Self.groupLimit || bytes > Self.groupBytes { break }
                count += 1
            }
            defer { state.waiting.removeFirst(count) }
            return Array(state.waiting.prefix(count))
        }
        let result = await commit([own] + others.map(\.entry))
        // The next group starts before those of this one go on.
        handOver()
        for other in others {
            other.continuation.resume(returning: result.map { other.entry.isUntrue(by: $0) ? .untrue : .written })
        }
        return try !own.isUntrue(by: result.get())
    }

    /// Writes those entries whose premises are true: the others are found out by the attempt to write them all.
    /// - Returns: the premises that are not true.
    private func commit(_ entries: [Entry]) async -> Result<Set<EventPremise>, any Error> {
        let start = ContinuousClock.now
        var failing: Set<EventPremise> = []
        var rounds = 0
        do {
            while true {
                rounds += 1
                // Patients that change one after the other must not hold up the others of the group. What rests on them is made anew;
                // a registration cannot be, and does not come and go.
                if rounds > Self.rounds {
                    failing.formUnion(entries.flatMap(\.premises.versions).map { EventPremise.version($0) })
                }
                let current = failing.isEmpty ? entries : entries.filter { !$0.isUntrue(by: failing) }
                let events = current.flatMap(\.events)
                guard !events.isEmpty else { return .success(failing) }
                let found = try await append(events, while: current.flatMap(\.premises))
                if found.isEmpty {
                    counts.withLock {
                        $0.groups += 1
                        $0.events += Int64(events.count)
                    }
                    committed(events.count, start.duration(to: .now))
                    return .success(failing)
                }
                failing.formUnion(found)
            }
        } catch {
            counts.withLock { $0.failures += 1 }
            return .failure(error)
        }
    }

    /// Only events of one request alone make more than one piece, so the first decides about all.
    private func append(_ events: [AuditEvent], while premises: [EventPremise]) async throws -> Set<EventPremise> {
        for (position, piece) in Self.pieces(events).enumerated() {
            let failing = try await journal.append(Array(piece), while: position == 0 ? premises : [])
            guard failing.isEmpty else { return failing }
        }
        return []
    }

    /// The one who wrote is done: the first who waits is next.
    private func handOver() {
        let (next, closing) = state.withLock { state -> (Waiting?, UnsafeContinuation<Void, Never>?) in
            guard state.waiting.isEmpty else { return (state.waiting.removeFirst(), nil) }
            state.isBusy = false
            guard state.isClosed else { return (nil, nil) }
            defer { state.closing = nil }
            return (nil, state.closing)
        }
        next?.continuation.resume(returning: .success(.writes))
        closing?.resume()
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

    // MARK: The end

    /// Refuses events from now on.
    private func close() {
        let closing = state.withLock { state -> UnsafeContinuation<Void, Never>? in
            state.isClosed = true
            guard !state.isBusy else { return nil }
            defer { state.closing = nil }
            return state.closing
        }
        closing?.resume()
    }

    /// Waits until the writer is closed and what was handed in is written.
    private func idleAndClosed() async {
        await withUnsafeContinuation { continuation in
            let isOver = state.withLock { state -> Bool in
                guard !state.isClosed || state.isBusy else { return true }
                state.closing = continuation
                return false
            }
            if isOver { continuation.resume() }
        }
    }
}
