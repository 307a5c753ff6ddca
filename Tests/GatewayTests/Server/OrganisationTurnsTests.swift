import NIOCore
import Synchronization
import Testing
import XDSMetadata

@testable import Gateway

@Suite("Turns of organisations")
struct OrganisationTurnsTests {
    private static func second(_ seconds: Double) -> NIODeadline {
        .uptimeNanoseconds(1_000_000_000_000) + .milliseconds(Int64(seconds * 1_000))
    }

    /// Ends one that has a turn: who have one now.
    private static func end(_ line: inout OrganisationTurns.Line<Int>, _ turns: Int) -> [Int] {
        line.end(turns, at: second(0)).next
    }

    @Test("a line gives its turns in the order of arrival, and nobody passes who comes while somebody waits")
    func line() {
        var line = OrganisationTurns.Line<Int>()
        let began = [line.begin(2), line.begin(2), line.begin(2)]
        #expect(began == [true, true, false])
        let joined = [line.join(2, until: Self.second(9), 2), line.join(3, until: Self.second(9), 2)]
        #expect(joined == [false, false] && line.waiting == 2)
        let first = Self.end(&line, 2)
        #expect(first == [2])
        let passes = line.begin(2)
        #expect(!passes, "the turn that came back is taken by who waited")
        let rest = [Self.end(&line, 2), Self.end(&line, 2)]
        #expect(rest == [[3], []] && line.active == 1)
        let next = line.begin(2)
        #expect(next)
        let last = [Self.end(&line, 2), Self.end(&line, 2)]
        #expect(last == [[], []] && line.isEmpty)
    }

    @Test("with more turns than before all go on who fit; with fewer, none until enough have ended")
    func change() {
        var line = OrganisationTurns.Line<Int>()
        for number in 1...9 { _ = line.join(number, until: Self.second(9), 4) }
        #expect(line.active == 4 && line.waiting == 5)
        let fewer = [Self.end(&line, 2), Self.end(&line, 2)]
        #expect(fewer == [[], []] && line.active == 2)
        let one = Self.end(&line, 2)
        #expect(one == [5])
        let more = Self.end(&line, .max)
        #expect(more == [6, 7, 8, 9] && line.waiting == 0 && line.active == 5)
    }

    @Test("who waited too long is told so, and the next has the turn")
    func late() {
        var line = OrganisationTurns.Line<Int>()
        for number in 1...4 { _ = line.join(number, until: Self.second(Double(number)), 1) }
        let found = line.end(1, at: Self.second(3.5))
        #expect(found.late == [2, 3] && found.next == [4])
        let last = line.end(1, at: Self.second(9))
        #expect(last.late.isEmpty && last.next.isEmpty && line.isEmpty)

        // Who had another turn before is late earlier than who stands in front.
        for (number, until) in [(1, 9.0), (2, 8.0), (3, 5.0), (4, 8.0)] {
            _ = line.join(number, until: Self.second(until), 1)
        }
        let between = line.end(1, at: Self.second(6))
        #expect(between.late == [3] && between.next == [2] && line.waiting == 1)
    }

    @Test("an organisation is alone while no other asked in the last ten seconds")
    func alone() {
        let second = Self.second
        var recent = OrganisationTurns.RecentOrganisations()
        #expect(recent.isAlone("gp", at: second(0)))
        recent.note("gp", at: second(0))
        #expect(recent.isAlone("gp", at: second(1)) && !recent.isAlone("hospital", at: second(1)))
        recent.note("hospital", at: second(2))
        for time in 3...12 {
            recent.note("gp", at: second(Double(time)))
            #expect(!recent.isAlone("gp", at: second(Double(time))))
        }
        #expect(recent.isAlone("gp", at: second(13)))
        recent.note("carehome", at: second(14))
        #expect(!recent.isAlone("gp", at: second(14)) && !recent.isAlone("carehome", at: second(14)))
    }

    /// A clock that is set by hand.
    private final class Clock: Sendable {
        private let seconds = Atomic<Int>(0)

        func advance(_ count: Int) { seconds.add(count, ordering: .relaxed) }
        func now() -> NIODeadline { second(Double(seconds.load(ordering: .relaxed))) }
    }

    /// Turns at a moment when somebody else asked just now.
    private static func turns(reading: Int, writing: Int, clock: Clock = Clock()) async throws -> OrganisationTurns {
        let turns = OrganisationTurns(
            besideOthers: .init(reading: reading, registering: writing, writing: writing),
            alone: .init(reading: 64, registering: 64, writing: writing),
            clock: clock.now)
        let other = turns.turn(of: "carehome")
        try await other.take(for: .reading)
        other.giveBack()
        return turns
    }

    @Test(
        "while another one asked of late or has a request in work the turns are bounded; then not any more",
        .timeLimit(.minutes(1)))
    func presence() async throws {
        let clock = Clock()
        let turns = try await Self.turns(reading: 1, writing: 1, clock: clock)
        func isBounded() async throws -> Bool {
            let first = turns.turn(of: "gp")
            try await first.take(for: .reading)
            let second = Task {
                let turn = turns.turn(of: "gp")
                try await turn.take(for: .reading)
                turn.giveBack()
            }
            let found = Atomic<Bool>(false)
            do {
                try await waitUntil("the second waits", within: .milliseconds(300)) { turns.waiting == 1 }
                found.store(true, ordering: .relaxed)
            } catch is TestFailure {
                // It did not have to wait.
            }
            first.giveBack()
            try await second.value
            return found.load(ordering: .relaxed)
        }
        #expect(try await isBounded())
        let other = turns.turn(of: "hospital")
        try await other.take(for: .writing)
        clock.advance(60)
        #expect(try await isBounded(), "the hospital has a request in work")
        other.giveBack()
        #expect(try await !isBounded())
        let again = turns.turn(of: "hospital")
        try await again.take(for: .reading)
        again.giveBack()
        #expect(try await isBounded())
    }

    @Test("a request that waited too long is refused with the limit, and not worked on", .timeLimit(.minutes(1)))
    func refused() async throws {
        let clock = Clock()
        let turns = try await Self.turns(reading: 1, writing: 1, clock: clock)
        let first = turns.turn(of: "gp")
        try await first.take(for: .reading)
        let late = turns.turn(of: "gp")
        let waiting = Task { try await late.take(for: .reading) }
        try await waitUntil("it waits", within: .seconds(10)) { turns.waiting == 1 }
        clock.advance(31)
        first.giveBack()
        let limited = OrganisationLimited(organisation: "gp", limit: .turn(seconds: 30))
        await #expect(throws: limited) { try await waiting.value }
        #expect(late.limit == .turn(seconds: 30))
        late.giveBack()
        let next = turns.turn(of: "gp")
        try await next.take(for: .reading)
        #expect(next.limit == nil)
        next.giveBack()
    }

    @Test("an organisation that is alone has more turns", .timeLimit(.minutes(1)))
    func alone() async throws {
        let turns = OrganisationTurns(
            besideOthers: .init(reading: 1, registering: 1, writing: 1),
            alone: .init(reading: 20, registering: 10, writing: 2))
        let work = Work()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<22 { group.addTask { try await work.run(at: turns.turn(of: "gp"), for: .reading) } }
            for _ in 0..<3 { group.addTask { try await work.run(at: turns.turn(of: "gp"), for: .writing) } }
            for _ in 0..<14 { group.addTask { try await work.run(at: turns.turn(of: "gp"), for: .registering) } }
            let what = "two of those who read, one who writes and four who register wait"
            try await waitUntil(what, within: .seconds(10)) {
                work.begun.load(ordering: .relaxed) == 32 && turns.waiting == 7
            }
            work.letGo()
            try await group.waitForAll()
        }
    }

    /// Work that lasts until it is let go, and tells how much of it has begun.
    private final class Work: Sendable {
        let begun = Atomic<Int>(0)
        private let isOpen = Atomic<Bool>(false)

        func letGo() { isOpen.store(true, ordering: .relaxed) }

        func run(at turn: OrganisationTurns.Turn, for kind: OrganisationTurns.Kind) async throws {
            try await turn.take(for: kind)
            defer { turn.giveBack() }
            begun.add(1, ordering: .relaxed)
            while !isOpen.load(ordering: .relaxed) { try await Task.sleep(for: .milliseconds(2)) }
        }
    }

    @Test(
        "the turns of one organisation are bounded; another, and what writes, is not held up by those who wait",
        .timeLimit(.minutes(1)))
    func flood() async throws {
        let turns = try await Self.turns(reading: 3, writing: 2)
        let (flood, others) = (Work(), Work())
        others.letGo()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { try await flood.run(at: turns.turn(of: "gp"), for: .reading) } }
            try await waitUntil("all but three wait", within: .seconds(10)) { turns.waiting == 17 }
            #expect(flood.begun.load(ordering: .relaxed) == 3)
            try await others.run(at: turns.turn(of: "hospital"), for: .reading)
            try await others.run(at: turns.turn(of: "gp"), for: .writing)
            flood.letGo()
            try await group.waitForAll()
        }
        #expect(flood.begun.load(ordering: .relaxed) == 20)
        #expect(turns.waiting == 0)
    }

    @Test("a request has one turn, however often it takes or gives back; without one it gives back nothing")
    func once() async throws {
        let turns = try await Self.turns(reading: 1, writing: 1)
        let (first, second) = (turns.turn(of: "gp"), turns.turn(of: "gp"))
        try await first.take(for: .reading)
        try await first.take(for: .reading)
        second.giveBack()
        let next = Task { try await second.take(for: .reading) }
        try await waitUntil("the second waits", within: .seconds(10)) { turns.waiting == 1 }
        first.giveBack()
        first.giveBack()
        try await next.value
        #expect(turns.waiting == 0)
        let third = turns.turn(of: "gp")
        let last = Task { try await third.take(for: .reading) }
        try await waitUntil("the third waits", within: .seconds(10)) { turns.waiting == 1 }
        second.giveBack()
        try await last.value
    }

    @Test("what asks and retrieves is reading, what registers metadata registering", arguments: TransactionID.allCases)
    func kinds(transaction: TransactionID) {
        let reads: Set<TransactionID> = [.registryStoredQuery, .multiPatientStoredQuery, .retrieveDocumentSet]
        let registers: Set<TransactionID> = [.registerDocumentSet, .registerOnDemandDocumentEntry]
        let kind = OrganisationTurns.Kind(of: transaction)
        #expect((kind == .reading) == reads.contains(transaction))
        #expect((kind == .registering) == registers.contains(transaction))
    }

    @Test("a turn of one kind is exchanged for one of another, and given back for who waits", .timeLimit(.minutes(1)))
    func exchanges() async throws {
        let turns = try await Self.turns(reading: 1, writing: 1)
        let (first, second, third) = (turns.turn(of: "gp"), turns.turn(of: "gp"), turns.turn(of: "gp"))
        try await first.take(for: .registering)
        let waiting = Task { try await second.take(for: .registering) }
        try await waitUntil("the second waits", within: .seconds(10)) { turns.waiting == 1 }
        try await first.take(for: .writing)
        try await waiting.value
        try await first.take(for: .writing)
        let writing = Task { try await third.take(for: .writing) }
        try await waitUntil("the third waits for the one that writes", within: .seconds(10)) { turns.waiting == 1 }
        first.endWork()
        try await writing.value
        second.giveBack()
        third.giveBack()
        #expect(turns.waiting == 0)
    }

    @Test(
        "who waits too long for another turn than the first is late from the first on, and holds neither",
        .timeLimit(.minutes(1)))
    func lateForTheOther() async throws {
        let clock = Clock()
        let turns = try await Self.turns(reading: 1, writing: 1, clock: clock)
        let (holder, late, next) = (turns.turn(of: "gp"), turns.turn(of: "gp"), turns.turn(of: "gp"))
        try await holder.take(for: .writing)
        try await late.take(for: .registering)
        clock.advance(20)
        let waiting = Task { try await late.take(for: .writing) }
        try await waitUntil("it waits", within: .seconds(10)) { turns.waiting == 1 }
        clock.advance(11)
        holder.giveBack()
        await #expect(throws: OrganisationLimited(organisation: "gp", limit: .turn(seconds: 30))) {
            try await waiting.value
        }
        #expect(late.limit == .turn(seconds: 30))
        late.endWork()
        late.giveBack()
        // One of each is free, and no more than one.
        try await next.take(for: .registering)
        try await next.take(for: .writing)
        let other = turns.turn(of: "gp")
        let behind = Task { try await other.take(for: .writing) }
        try await waitUntil("one waits behind it", within: .seconds(10)) { turns.waiting == 1 }
        next.giveBack()
        try await behind.value
    }

    @Test("what registers gives its turn back with its transaction, as what writes does", .timeLimit(.minutes(1)))
    func endsWithWork() async throws {
        let turns = try await Self.turns(reading: 1, writing: 1)
        for kind in [OrganisationTurns.Kind.registering, .writing] {
            let (first, second) = (turns.turn(of: "gp"), turns.turn(of: "gp"))
            try await first.take(for: kind)
            first.endWork()
            try await second.take(for: kind)
            second.giveBack()
        }
    }
}
