import AccessControl
import Foundation
import PostgresKit
import ServiceLifecycle
import Testing
import XDSTesting

@Suite("Deviations of organisations are counted and kept")
struct DeviationLedgerTests {
    private func time(_ seconds: Double) -> Date { Date(timeIntervalSince1970: seconds) }

    private func ledger(_ bench: RegisterBench, interval: Duration = .seconds(600)) -> DeviationLedger {
        DeviationLedger(client: bench.client, interval: interval, logger: PostgresFixture.silentLogger)
    }

    @Test("messages are counted by organisation, transaction and habit, with the first and last time")
    func counts() async throws {
        try await RegisterBench.with { bench in
            let ledger = ledger(bench)
            ledger.note(["a", "b"], of: "huisarts", in: "ITI-41", at: time(2_000))
            ledger.note(["a"], of: "huisarts", in: "ITI-41", at: time(1_000))
            ledger.note(["a"], of: "huisarts", in: "ITI-18", at: time(3_000))
            ledger.note(["a"], of: "apotheek", in: "ITI-41", at: time(4_000))
            #expect(try await ledger.entries() == [], "nothing is written while a request runs")
            try await ledger.flush()
            let entries = try await ledger.entries()
            #expect(entries.map(\.organisation) == ["apotheek", "huisarts", "huisarts", "huisarts"])
            let entry = try #require(
                try await ledger.entries(of: "huisarts").first { $0.transaction == "ITI-41" && $0.deviation == "a" })
            #expect(entry.messages == 2 && entry.firstSeen == time(1_000) && entry.lastSeen == time(2_000))
            #expect(try await ledger.entries(of: "apotheek").map(\.messages) == [1])
        }
    }

    @Test("later counts are added, those of several daemons too; a second writing without news changes nothing")
    func adds() async throws {
        try await RegisterBench.with { bench in
            let ledgers = [ledger(bench), ledger(bench)]
            for (index, ledger) in ledgers.enumerated() {
                ledger.note(["a"], of: "huisarts", in: "ITI-41", at: time(1_000 + Double(index)))
                try await ledger.flush()
                try await ledger.flush()
            }
            let entry = try #require(try await ledgers[0].entries().first)
            #expect(entry.messages == 2 && entry.firstSeen == time(1_000) && entry.lastSeen == time(1_001))
        }
    }

    @Test("what cannot be written is kept for the next time")
    func keeps() async throws {
        try await RegisterBench.with { bench in
            let ledger = ledger(bench)
            _ = try await bench.client.query("alter table deviation rename to away")
            ledger.note(["a"], of: "huisarts", in: "ITI-41", at: time(1_000))
            await #expect(throws: PostgresError.self) { try await ledger.flush() }
            ledger.note(["a"], of: "huisarts", in: "ITI-41", at: time(2_000))
            _ = try await bench.client.query("alter table away rename to deviation")
            try await ledger.flush()
            #expect(try await ledger.entries().map(\.messages) == [2])
        }
    }

    @Test("a graceful stop writes what was counted")
    func writesAtStop() async throws {
        try await RegisterBench.with { bench in
            let ledger = ledger(bench)
            ledger.note(["a"], of: "huisarts", in: "ITI-41")
            let group = ServiceGroup(services: [ledger], logger: PostgresFixture.silentLogger)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
            #expect(try await ledger.entries().map(\.messages) == [1])
        }
    }
}
