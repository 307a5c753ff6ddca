import FoundationEssentials
import Glibc
public import ServiceLifecycle
import Synchronization
public import XDSMetadata

/// Group commit: events of concurrent requests are written together, and each request goes on when its own are durable.
///
/// Who comes while nobody writes, writes at once, in its own task. Those who come while somebody writes are a group, which ``run()``
/// writes next, on the thread of the journal's connection, so that one commit follows the other without waiting for a task to be
/// resumed elsewhere. Nothing waits for a timer. A task of a request that is cancelled while it writes fails its own events; those
/// are cancelled only when the time of a stop is used up. The writer records the start of the daemon before anything else, and its
/// stop as the last thing.
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

    /// Events that are written together or not at all.
    private struct Entry {
        let events: [AuditEvent]
        /// They may be written only while these are true.
        let premises: [EventPremise]
        /// Bytes of what they carry.
        let size: Int

        /// Whether it tells of a registration, which took long already.
        var isRegistration: Bool {
            premises.contains { if case .submissionSet = $0 { true } else { false } }
        }

        func isUntrue(by failing: Set<EventPremise>) -> Bool {
            !failing.isEmpty && premises.contains(where: failing.contains)
        }
    }

    /// What becomes of events that were handed in.
    private enum Turn {
        /// They are durable, or what they rest on is not true and nothing was written.
        case over(isTrue: Bool)
        /// Whoever handed them in writes them now.
        case writes
    }

    private struct Waiting {
        let entry: Entry
        let continuation: UnsafeContinuation<Result<Turn, any Error>, Never>
    }

    /// What is to be done by the one who has written.
    private enum Next {
        case group([Waiting])
        case pause
        case end
    }

    private struct State {
        /// Those who handed in events since the last group began.
        var waiting: [Waiting] = []
        /// Whether somebody writes, or ``AuditWriter/run()`` has not recorded the start yet.
        var isBusy = true
        var isClosed = false
        /// ``AuditWriter/writeGroups()`` while there is no group; it gets the next, or nil after the last.
        var paused: UnsafeContinuation<[Waiting]?, Never>?

        /// Whether somebody waits, and nobody but registrations.
        var isOfRegistrations: Bool { !waiting.isEmpty && waiting.allSatisfy(\.entry.isRegistration) }

        /// Those who wait, as far as a group holds them, are the next group. Without anybody nobody writes any more.
        mutating func next() -> Next {
            var (count, total, bytes) = (0, 0, 0)
            for waiting in waiting {
                total += waiting.entry.events.count
                bytes += waiting.entry.size
                // Who brings more than a group holds gets one alone, which is written in pieces.
                if count > 0, total > AuditWriter.groupLimit || bytes > AuditWriter.groupBytes { break }
                count += 1
            }
            guard count > 0 else {
                isBusy = false
                return isClosed ? .end : .pause
            }
            defer { waiting.removeFirst(count) }
            return .group(Array(waiting.prefix(count)))
        }
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
        case .over(let isTrue):
            return isTrue
        case .writes:
            let failing = await commit([entry])
            handOver()
            return try !entry.isUntrue(by: failing.get())
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
        // Tasks of their own: what was handed in is written, and the stop recorded, also when the time of a stop is used up.
        let groups = Task(executorPreference: journal.executor) { await self.writeGroups() }
        await withTaskCancellationOrGracefulShutdownHandler {
            await groups.value
        } onCancelOrGracefulShutdown: {
            self.close()
        }
        // Nobody comes after it to ask again, so it is tried again here: connections that died unnoticed are found out one by one.
        let journal = journal
        try await Task { try await journal.append([AuditEvent(.applicationStop)], tryingFor: Self.stopTime) }.value
    }

    // MARK: Groups

    /// Hands in events: either nobody writes, or they will be written with the next group.
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

    /// Who wrote alone is done; if others came meanwhile, they are written next.
    private func handOver() {
        let (paused, group) = state.withLock { state -> (UnsafeContinuation<[Waiting]?, Never>?, [Waiting]?) in
            let group: [Waiting]?
            switch state.next() {
            case .group(let next): group = next
            case .end: group = nil
            case .pause: return (nil, nil)
            }
            defer { state.paused = nil }
            return (state.paused, group)
        }
        paused?.resume(returning: group)
    }

    /// Writes groups until the writer is closed and nobody writes.
    private func writeGroups() async {
        while let group = await nextGroup() {
            let result = await commit(group.map(\.entry))
            for waiting in group {
                waiting.continuation.resume(
                    returning: result.map { .over(isTrue: !waiting.entry.isUntrue(by: $0)) })
            }
        }
    }

    private func nextGroup() async -> [Waiting]? {
        // A group costs a commit and a signature, however small it is. Where the processors are busy the thread goes to the end of
        // their line, and more come meanwhile; where they are not, this is nothing. Nobody who only reads is kept waiting.
        if state.withLock({ $0.isOfRegistrations }) { sched_yield() }
        return await withUnsafeContinuation { continuation in
            let next = state.withLock { state in
                let next = state.next()
                if case .pause = next { state.paused = continuation }
                return next
            }
            switch next {
            case .group(let group): continuation.resume(returning: group)
            case .end: continuation.resume(returning: nil)
            case .pause: break
            }
        }
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
        let paused = state.withLock { state -> UnsafeContinuation<[Waiting]?, Never>? in
            state.isClosed = true
            guard !state.isBusy else { return nil }
            defer { state.paused = nil }
            return state.paused
        }
        paused?.resume(returning: nil)
    }
}
