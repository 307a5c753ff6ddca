import NIOCore
import Synchronization
import Testing
import XDSMetadata

@testable import Gateway

@Suite("Turns of organisations")
struct OrganisationTurnsTests {
    @Test("a line gives its turns in the order of arrival, and nobody passes who comes while somebody waits")
    func line() {
        var line = OrganisationTurns.Line<Int>()
        let began = [line.begin(2), line.join(1, 2), line.begin(2), line.join(2, 2), line.join(3, 2)]
        #expect(began == [true, true, false, false, false])
        #expect(line.waiting == [2, 3])
        let first = line.end(2)
        #expect(first == [2])
        let passes = line.begin(2)
        #expect(!passes, "the turn that came back is taken by who waited")
        let rest = [line.end(2), line.end(2)]
        #expect(rest == [[3], []] && line.active == 1)
        let next = line.begin(2)
        #expect(next)
        let last = [line.end(2), line.end(2)]
        #expect(last == [[], []] && line.isEmpty)
    }

    @Test("with more turns than before all go on who fit; with fewer, none until enough have ended")
    func change() {
        var line = OrganisationTurns.Line<Int>()
        for number in 1...9 { _ = line.join(number, 4) }
        #expect(line.active == 4 && line.waiting == [5, 6, 7, 8, 9])
        let fewer = [line.end(2), line.end(2)]
        #expect(fewer == [[], []] && line.active == 2)
        let one = line.end(2)
        #expect(one == [5])
        let more = line.end(.max)
        #expect(more == [6, 7, 8, 9] && line.waiting.isEmpty && line.active == 5)
    }

    @Test("an organisation is alone while no other asked in the last ten seconds")
    func alone() {
        func second(_ seconds: Int64) -> NIODeadline { .uptimeNanoseconds(1_000_000_000_000) + .seconds(seconds) }
        var recent = OrganisationTurns.RecentOrganisations()
        #expect(recent.isAlone("gp", at: second(0)))
        recent.note("gp", at: second(0))
        #expect(recent.isAlone("gp", at: second(1)) && !recent.isAlone("hospital", at: second(1)))
        recent.note("hospital", at: second(2))
        for time in 3...12 {
            recent.note("gp", at: second(Int64(time)))
            #expect(!recent.isAlone("gp", at: second(Int64(time))))
        }
        #expect(recent.isAlone("gp", at: second(13)))
        recent.note("carehome", at: second(14))
        #expect(!recent.isAlone("gp", at: second(14)) && !recent.isAlone("carehome", at: second(14)))
    }

    /// Turns at a moment when somebody else asked just now.
    private static func turns(reading: Int, writing: Int) async -> OrganisationTurns {
        let turns = OrganisationTurns(reading: reading, writing: writing)
        let other = turns.turn(of: "carehome")
        await other.take(for: .reading)
        other.giveBack()
        return turns
    }

    @Test("an organisation that is alone reads without bound, and writes within its turns", .timeLimit(.minutes(1)))
    func unbounded() async throws {
        let turns = OrganisationTurns(reading: 1, writing: 2)
        let work = Work()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { try await work.run(at: turns.turn(of: "gp"), for: .reading) } }
            for _ in 0..<3 { group.addTask { try await work.run(at: turns.turn(of: "gp"), for: .writing) } }
            try await waitUntil("one of those who write waits", within: .seconds(10)) {
                work.begun.load(ordering: .relaxed) == 22 && turns.waiting == 1
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
            await turn.take(for: kind)
            defer { turn.giveBack() }
            begun.add(1, ordering: .relaxed)
            while !isOpen.load(ordering: .relaxed) { try await Task.sleep(for: .milliseconds(2)) }
        }
    }

    @Test(
        "the turns of one organisation are bounded; another, and what writes, is not held up by those who wait",
        .timeLimit(.minutes(1)))
    func flood() async throws {
        let turns = await Self.turns(reading: 3, writing: 2)
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
    func once() async {
        let turns = await Self.turns(reading: 1, writing: 1)
        let (first, second) = (turns.turn(of: "gp"), turns.turn(of: "gp"))
        await first.take(for: .reading)
        await first.take(for: .reading)
        second.giveBack()
        let next = Task { await second.take(for: .reading) }
        await #expect(throws: Never.self) {
            try await waitUntil("the second waits", within: .seconds(10)) { turns.waiting == 1 }
        }
        first.giveBack()
        first.giveBack()
        await next.value
        #expect(turns.waiting == 0)
        let third = turns.turn(of: "gp")
        let last = Task { await third.take(for: .reading) }
        await #expect(throws: Never.self) {
            try await waitUntil("the third waits", within: .seconds(10)) { turns.waiting == 1 }
        }
        second.giveBack()
        await last.value
    }

    @Test("only what asks and retrieves is reading", arguments: TransactionID.allCases)
    func kinds(transaction: TransactionID) {
        let reads: Set<TransactionID> = [.registryStoredQuery, .multiPatientStoredQuery, .retrieveDocumentSet]
        #expect((OrganisationTurns.Kind(of: transaction) == .reading) == reads.contains(transaction))
    }
}
