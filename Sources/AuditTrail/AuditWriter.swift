import FoundationEssentials
import Glibc
public import ServiceLifecycle
import Synchronization
public import XDSMetadata

/// Group commit: events of concurrent requests are written together, and each request goes on when its own are durable.
///
/// ``run()`` writes, on the thread of the journal's connection: what was handed in by then is a group, and while it commits the next
/// one gathers. The next statement is made as soon as the commit before is known, and nothing waits for a timer. Who is cancelled does
/// not wait; what he handed in is written all the same, if it can be. The writer records the start of the daemon before anything
/// else, and its stop as the last thing.
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

    /// The task that handed in events was cancelled. They may be written all the same.
    public struct Cancelled: Error, CustomStringConvertible {
        /// One sentence.
        public var description: String { "the request was cancelled before its audit events were known to be written" }
    }

    /// Events that are written together or not at all; more than a statement binds, one part after the other.
    private struct Entry {
        let events: [EncodedEvent]
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

    /// Events that were handed in, and who waits for them.
    private final class Waiting: Sendable {
        private enum State {
            case new
            case waiting(UnsafeContinuation<Result<Bool, any Error>, Never>)
            case over(Result<Bool, any Error>)
        }

        let entry: Entry
        private let state = Mutex(State.new)

        init(_ entry: Entry) {
            self.entry = entry
        }

        /// Whether they were written, because what they rest on is true.
        func result() async throws -> Bool {
            try await withUnsafeContinuation { continuation in
                let early = state.withLock { state -> Result<Bool, any Error>? in
                    if case .over(let result) = state { return result }
                    state = .waiting(continuation)
                    return nil
                }
                if let early { continuation.resume(returning: early) }
            }.get()
        }

        /// Ends the waiting. Only the first end counts: who is cancelled does not wait for what is being written.
        func end(_ result: Result<Bool, any Error>) {
            let continuation = state.withLock { state -> UnsafeContinuation<Result<Bool, any Error>, Never>? in
                switch state {
                case .new:
                    state = .over(result)
                    return nil
                case .waiting(let continuation):
                    state = .over(result)
                    return continuation
                case .over:
                    return nil
                }
            }
            continuation?.resume(returning: result)
        }
    }

    private struct State {
        /// Those whose events are in no group yet.
        var waiting: [Waiting] = []
        /// How many were in the group before.
        var lastGroup = 0
        var isClosed = false
        /// ``AuditWriter/writeGroups()`` while there is nobody; it gets the next group, or nil after the last.
        var paused: UnsafeContinuation<[Waiting]?, Never>?

        /// Whether a group is worth a moment: where nobody waits but registrations, which took long already, and where so many are
        /// in work that the next group is neither of a few, for whom the moment is long, nor a large one without it.
        var isWorthGathering: Bool {
            if AuditWriter.gatheredInWork.contains(lastGroup + waiting.count) { return true }
            return !waiting.isEmpty && waiting.allSatisfy(\.entry.isRegistration)
        }

        /// Takes those who wait, as far as a group holds them.
        mutating func takeGroup() -> [Waiting] {
            var (count, total, bytes) = (0, 0, 0)
            for waiting in waiting {
                total += waiting.entry.events.count
                bytes += waiting.entry.size
                // Who brings more than a group holds gets one alone, which is written in pieces.
                if count > 0, total > AuditWriter.groupLimit || bytes > AuditWriter.groupBytes { break }
                count += 1
            }
            lastGroup = count
            defer { waiting.removeFirst(count) }
            return Array(waiting.prefix(count))
        }
    }

    /// Objects of the events of one request that are encoded where the request is.
    private static let objectsInPlace = 100
    /// Where groups are gathered a moment longer: requests in work, as far as those of the group before and those who wait tell.
    private static let gatheredInWork = 8..<24
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
    /// - Throws: when they could not be written, or the task was cancelled, which may leave them written: what they are about may
    ///   then not be disclosed.
    public func record(_ events: [AuditEvent]) async throws {
        _ = try await record(events, while: [])
    }

    /// Records events of an answer, if what it rests on is true; returns when they are durable.
    /// - Parameter premises: what the answer rests on. What was committed before, and is true, is durable with the events.
    /// - Returns: whether all of them are true. If not, nothing was recorded.
    /// - Throws: when they could not be written, or the task was cancelled, which may leave them written: what they are about may
    ///   then not be disclosed.
    public func record(_ events: [AuditEvent], while premises: [EventPremise]) async throws -> Bool {
        // Without an event nothing is looked at.
        guard !events.isEmpty else { return premises.isEmpty }
        let isLong = events.reduce(0) { $0 + $1.objects.count } > Self.objectsInPlace
        let encoded = isLong ? try await encodedElsewhere(events) : try journal.encoded(events)
        let entry = Entry(events: encoded, premises: premises, size: encoded.reduce(0) { $0 + $1.bytes.count })
        let waiting = Waiting(entry)
        enqueue(waiting)
        return try await withTaskCancellationHandler {
            try await waiting.result()
        } onCancel: {
            waiting.end(.failure(Cancelled()))
        }
    }

    /// Many objects in JSON would hold up whoever shares the thread of this request.
    private func encodedElsewhere(_ events: [AuditEvent]) async throws -> [EncodedEvent] {
        try await withTaskExecutorPreference(globalConcurrentExecutor) { try await encode(events) }
    }

    @concurrent
    private func encode(_ events: [AuditEvent]) async throws -> [EncodedEvent] {
        try journal.encoded(events)
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
            for waiting in waiting { waiting.end(.failure(error)) }
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

    /// Hands in events: to the writer if it has nothing to do, for its next group otherwise.
    private func enqueue(_ waiting: Waiting) {
        let (isClosed, paused) = state.withLock { state -> (Bool, UnsafeContinuation<[Waiting]?, Never>?) in
            guard !state.isClosed else { return (true, nil) }
            guard let paused = state.paused else {
                state.waiting.append(waiting)
                return (false, nil)
            }
            (state.paused, state.lastGroup) = (nil, 1)
            return (false, paused)
        }
        if isClosed { waiting.end(.failure(Closed())) }
        paused?.resume(returning: [waiting])
    }

    /// Writes groups until the writer is closed and nobody waits.
    private func writeGroups() async {
        while let group = await nextGroup() {
            let result = await commit(group.map(\.entry))
            for waiting in group { waiting.end(result.map { !waiting.entry.isUntrue(by: $0) }) }
        }
    }

    /// Who waits now, or will be the next to come; nil after the last.
    private func nextGroup() async -> [Waiting]? {
        // A group costs a commit and a signature, however small it is. Where the processors are busy the thread goes to the end of
        // their line, and more come meanwhile; where they are not, this is nothing.
        if state.withLock({ $0.isWorthGathering }) { sched_yield() }
        return await withUnsafeContinuation { continuation in
            let next = state.withLock { state -> [Waiting]?? in
                let group = state.takeGroup()
                if !group.isEmpty { return .some(group) }
                if state.isClosed { return .some(nil) }
                state.paused = continuation
                return .none
            }
            if let next { continuation.resume(returning: next) }
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
    private func append(_ events: [EncodedEvent], while premises: [EventPremise]) async throws -> Set<EventPremise> {
        for (position, piece) in Self.pieces(events).enumerated() {
            let failing = try await journal.append(Array(piece), while: position == 0 ? premises : [])
            guard failing.isEmpty else { return failing }
        }
        return []
    }

    /// Events in pieces that one statement may bind.
    static func pieces(_ events: [EncodedEvent]) -> [ArraySlice<EncodedEvent>] {
        var pieces: [ArraySlice<EncodedEvent>] = []
        var (start, bytes) = (0, 0)
        for index in events.indices {
            let size = events[index].bytes.count
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
            defer { state.paused = nil }
            return state.paused
        }
        paused?.resume(returning: nil)
    }
}
