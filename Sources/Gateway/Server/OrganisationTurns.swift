import NIOCore
import SOAPKit
import Synchronization
import XDSMetadata

/// Whose request is worked on: each organisation has a few turns at a time, and its other requests wait in line for them,
/// so that a flood of one organisation is not in front of a request of another.
///
/// A turn is taken after the request was read and given back before its answer is written, so nobody holds one while a
/// slow peer is waited for. What changes something has turns of its own: it may last, and the same organisation's
/// consultations are not to wait behind it. Most of it takes a database connection for itself; registrations, which share them, have
/// turns of a third kind. Its turn ends with its transaction, that of what reads when it was recorded.
///
/// Nobody is worked on who waited so long that the sender has given up, and may have sent the same again.
///
/// Only what is worked on competes for processors, database and the commit of the audit trail; so the number of turns, not
/// the number of requests that an organisation sends, is what another one notices of it. While nobody else asks, an
/// organisation has more turns; who comes then finds what is worked on in front, once.
final class OrganisationTurns: Sendable {
    /// What a turn is for.
    enum Kind: Sendable {
        /// Queries and retrievals, which share connections of the database.
        case reading
        /// Registrations, which share transactions (ADR 0018); one that cannot exchanges its turn for one of ``writing``.
        case registering
        /// Submissions of documents, updates, removals and the patient feed: a database connection each.
        case writing
    }

    /// Turns of one organisation at a time, one or more of each kind.
    struct Share {
        let reading: Int
        let registering: Int
        let writing: Int

        fileprivate subscript(kind: Kind) -> Int {
            switch kind {
            case .reading: reading
            case .registering: registering
            case .writing: writing
            }
        }
    }

    fileprivate struct LineID: Hashable {
        let organisation: String
        let kind: Kind
    }

    private struct State {
        var lines: [LineID: Line<UnsafeContinuation<Bool, Never>>] = [:]
        var recent = RecentOrganisations()
    }

    private let besideOthers: Share
    private let alone: Share
    private let patience: TimeAmount
    private let clock: @Sendable () -> NIODeadline
    private let state = Mutex(State())

    /// - Parameters:
    ///   - besideOthers: turns of one organisation while others ask too.
    ///   - alone: the same while nobody else asks: for ``Kind/writing`` fewer than there are connections for transactions, so that
    ///     who comes finds one.
    ///   - patience: how long a request may wait for its turn and is still worked on.
    ///   - clock: tells the time.
    init(
        besideOthers: Share, alone: Share, patience: TimeAmount = .seconds(30),
        clock: @escaping @Sendable () -> NIODeadline = { .now() }
    ) {
        self.besideOthers = besideOthers
        self.alone = alone
        self.patience = patience
        self.clock = clock
    }

    /// The turn of one request, not taken yet.
    func turn(of organisation: String) -> Turn { Turn(organisation: organisation, turns: self) }

    /// The place of one request: it takes a turn when it knows what for, may exchange it for one of another kind, and gives it back.
    final class Turn: Sendable {
        private struct State {
            var line: LineID?
            /// When it is too late, whatever is waited for.
            var until: NIODeadline?
        }

        private let organisation: String
        private let turns: OrganisationTurns
        private let state = Mutex(State())
        private let isLate = Atomic<Bool>(false)

        fileprivate init(organisation: String, turns: OrganisationTurns) {
            self.organisation = organisation
            self.turns = turns
        }

        /// The limit that was reached by waiting too long; nil when it was not.
        var limit: OrganisationLimit? {
            isLate.load(ordering: .relaxed) ? .turn(seconds: Int(turns.patience.nanoseconds / 1_000_000_000)) : nil
        }

        /// Returns when it is the organisation's turn; at once if this request has one of that kind. One of another kind is given back
        /// before.
        ///
        /// Who waits is not woken by a cancellation: at a stop those in front are cancelled as well, and end soon.
        /// - Throws: the limit, when it waited too long.
        func take(for kind: Kind) async throws(OrganisationLimited) {
            let line = LineID(organisation: organisation, kind: kind)
            let (before, until) = state.withLock { state in
                let until = state.until ?? turns.clock() + turns.patience
                defer { (state.line, state.until) = (line, until) }
                return (state.line, until)
            }
            guard before != line else { return }
            if let before { turns.giveBack(before) }
            guard await !turns.take(line, until: until) else { return }
            state.withLock { $0.line = nil }
            isLate.store(true, ordering: .relaxed)
            if let limit { throw OrganisationLimited(organisation: organisation, limit: limit) }
        }

        /// The answer is known. What reads keeps its turn until that was recorded: the commit of the audit trail is what
        /// readers wait for most.
        func endWork() {
            if state.withLock({ $0.line?.kind }) != .reading { giveBack() }
        }

        /// The request is done, or was never worked on.
        func giveBack() {
            let line = state.withLock { state in
                defer { state.line = nil }
                return state.line
            }
            if let line { turns.giveBack(line) }
        }
    }

    /// Requests that wait for a turn, over all organisations.
    var waiting: Int {
        state.withLock { $0.lines.values.reduce(0) { $0 + $1.waiting } }
    }

    /// - Parameter until: when it is too late.
    /// - Returns: whether it is a turn; otherwise it came too late.
    fileprivate func take(_ line: LineID, until: NIODeadline) async -> Bool {
        let isTurn = state.withLock { state in
            let now = clock()
            state.recent.note(line.organisation, at: now)
            let turns = turns(for: line, at: now, state)
            return state.lines[line, default: Line()].begin(turns)
        }
        if isTurn { return true }
        return await withUnsafeContinuation { continuation in
            // A turn may have come back since.
            let isTurn = state.withLock { state in
                let now = clock()
                let turns = turns(for: line, at: now, state)
                return state.lines[line, default: Line()].join(continuation, until: until, turns)
            }
            if isTurn { continuation.resume(returning: true) }
        }
    }

    fileprivate func giveBack(_ line: LineID) {
        let (next, late) = state.withLock { state in
            let now = clock()
            let turns = turns(for: line, at: now, state)
            let found = state.lines[line]?.end(turns, at: now)
            if state.lines[line]?.isEmpty == true { state.lines[line] = nil }
            return found ?? ([], [])
        }
        for waiter in next { waiter.resume(returning: true) }
        for waiter in late { waiter.resume(returning: false) }
    }

    private func turns(for line: LineID, at now: NIODeadline, _ state: State) -> Int {
        (isAlone(line.organisation, at: now, state) ? alone : besideOthers)[line.kind]
    }

    /// Whether no other organisation asked of late or has a request in work.
    private func isAlone(_ organisation: String, at now: NIODeadline, _ state: State) -> Bool {
        state.recent.isAlone(organisation, at: now) && state.lines.keys.allSatisfy { $0.organisation == organisation }
    }
}

extension OrganisationTurns {
    /// The turns of one organisation and kind, and who waits for one. Pure.
    struct Line<Waiter> {
        private struct Place {
            let waiter: Waiter
            let until: NIODeadline
        }

        private(set) var active = 0
        private var places: [Place] = []

        /// How many wait.
        var waiting: Int { places.count }

        var isEmpty: Bool { active == 0 && places.isEmpty }

        /// Takes a turn, unless all are taken or somebody waits.
        mutating func begin(_ turns: Int) -> Bool {
            guard active < turns, places.isEmpty else { return false }
            active += 1
            return true
        }

        /// Takes a turn, or a place at the end of the line.
        /// - Parameter until: when it is too late to be worked on.
        /// - Returns: whether it is a turn.
        mutating func join(_ waiter: Waiter, until: NIODeadline, _ turns: Int) -> Bool {
            if begin(turns) { return true }
            places.append(Place(waiter: waiter, until: until))
            return false
        }

        /// Gives a turn back.
        /// - Returns: who have one now, usually the first who waits, and more of them when there are more turns than before;
        ///   and those for whom it is too late.
        mutating func end(_ turns: Int, at now: NIODeadline) -> (next: [Waiter], late: [Waiter]) {
            active -= 1
            // In any order: who exchanges a turn brings the time by which he is late.
            let late = places.filter { $0.until < now }.map(\.waiter)
            if !late.isEmpty { places.removeAll { $0.until < now } }
            let next = places.prefix(max(0, turns - active)).map(\.waiter)
            places.removeFirst(next.count)
            active += next.count
            return (next, late)
        }
    }

    /// Which two organisations asked last: whether anybody else did is all that counts. Pure.
    struct RecentOrganisations {
        /// How long an organisation counts as present after it asked: longer than a consultation pauses between two queries.
        static let memory = TimeAmount.seconds(10)

        private struct Presence {
            var organisation: String
            var at: NIODeadline
        }

        private var last: Presence?
        private var other: Presence?

        /// An organisation asks.
        mutating func note(_ organisation: String, at now: NIODeadline) {
            if last?.organisation != organisation { other = last }
            last = Presence(organisation: organisation, at: now)
        }

        /// Whether no other organisation asked of late.
        func isAlone(_ organisation: String, at now: NIODeadline) -> Bool {
            let others = last?.organisation == organisation ? other : last
            guard let others else { return true }
            return now - others.at > Self.memory
        }
    }
}

extension OrganisationTurns.Kind {
    /// What the requests of a transaction do.
    init(of transaction: TransactionID) {
        switch transaction {
        case .registryStoredQuery, .multiPatientStoredQuery, .retrieveDocumentSet:
            self = .reading
        case .registerDocumentSet, .registerOnDemandDocumentEntry:
            self = .registering
        case .provideAndRegisterDocumentSet, .updateDocumentSet, .restrictedUpdateDocumentSet, .removeMetadata,
            .removeDocuments, .patientIdentityFeed, .patientIdentityFeedV3, .notifyXADPIDLinkChange:
            self = .writing
        }
    }
}

extension SOAPOperation where Context == Caller {
    /// The same operation, done when it is the turn of the caller's organisation.
    func inTurn() -> Self {
        guard let transaction = TransactionID(action: action) else { return self }
        let handle = handle
        return SOAPOperation(
            action: action, replyAction: replyAction, packaging: packaging, bodyElement: bodyElement,
            handle: { request, caller in
                try await caller.takeTurn(transaction)
                defer { caller.endWork() }
                return try await handle(request, caller)
            },
            admit: admit)
    }
}
