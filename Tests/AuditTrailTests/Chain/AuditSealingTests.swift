import Foundation
import PostgresKit
import ServiceLifecycle
import Testing
import XDSTesting

@testable import AuditTrail

@Suite("A node signs and notes the trail it left, and no other")
struct AuditSealingTests {
    /// Runs a body beside the sealing of a journal, and stops it afterwards.
    private func sealing(
        _ bench: AuditBench, _ journal: AuditJournal, file: String,
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        let sealing = AuditSealing(
            client: bench.client, journal: journal, key: bench.key, node: AuditBench.source.node, anchorFile: file,
            interval: .seconds(3_600), logger: PostgresFixture.silentLogger)
        let group = ServiceGroup(services: [sealing], logger: PostgresFixture.silentLogger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await body()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    /// Replaces all behind the third event by a chain that is right in itself.
    private func forge(_ bench: AuditBench) async throws {
        try await bench.tamper(
            "delete from audit_event where sequence > 3", "delete from audit_batch where last > 3",
            "update audit_head set (sequence, hash) = (select sequence, hash from audit_event where sequence = 3)")
        let forger = bench.journal()
        for number in 100..<104 { try await forger.append([AuditBench.event(number)]) }
    }

    private func checkpoints(_ bench: AuditBench) async throws -> Int64 {
        try await bench.client.query("select count(*) from audit_checkpoint").decode(Int64.self, row: 0, column: 0)
    }

    @Test("A tail that was replaced is not signed, and the noted head stays until an administrator removes the file")
    func replaced() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "audit-head-\(UUID())").path
        defer { unlink(file) }
        try await AuditBench.with { bench in
            let journal = bench.journal()
            try await sealing(bench, journal, file: file) {
                for number in 0..<5 { try await journal.append([AuditBench.event(number)]) }
                try await forge(bench)
                let mine = journal.head
                try await journal.append([AuditBench.event(5)])
                #expect(journal.lostHead == mine)
                try await waitUntil("the lost head is noted", within: .seconds(60)) {
                    try AuditSealing.anchor(in: file)?.head == mine
                }
                try await journal.append([AuditBench.event(6)])
            }
            #expect(try await checkpoints(bench) == 0)
            let anchor = try AuditSealing.anchor(in: file)?.head
            #expect(anchor?.sequence == 5)
            #expect(try await bench.verify().findings.isEmpty, "nothing in the database tells")
            #expect(try await bench.verify(anchor: anchor).findings == [.contradicted(5, by: .anchor)])

            let next = bench.journal()
            try await sealing(bench, next, file: file) {
                try await next.append([AuditBench.event(7)])
                try await waitUntil("the start finds it", within: .seconds(60)) { next.lostHead == anchor }
            }
            #expect(try await checkpoints(bench) == 0)
            #expect(try AuditSealing.anchor(in: file)?.head == anchor)

            let last = bench.journal()
            try await sealing(bench, last, file: file) {
                try await waitUntil("the start finds it", within: .seconds(60)) { last.lostHead == anchor }
                // Time for a look that takes note of it.
                try await Task.sleep(for: .seconds(2))
                try FileManager.default.removeItem(atPath: file)
                try await waitUntil("it is accepted", within: .seconds(60)) { last.lostHead == nil }
                try await last.append([AuditBench.event(8)])
            }
            #expect(try await checkpoints(bench) == 1)
            #expect(try AuditSealing.anchor(in: file)?.head == last.head)
            #expect(try await bench.verify(anchor: last.head).findings.isEmpty)
            try FileManager.default.removeItem(atPath: file)
        }
    }

    @Test(
        "A file for the head that cannot be used stops the signing and stays as it is",
        arguments: [nil, "", "no head\n", "\(ChainHead.origin)\nsigned since ever\n"])
    func unusable(content: String?) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "audit-head-\(UUID())").path
        defer { unlink(file) }
        if let content {
            try Data(content.utf8).write(to: URL(fileURLWithPath: file))
        } else {
            try FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: false)
        }
        #expect(throws: (any Error).self) { try AuditSealing.anchor(in: file) }
        try await AuditBench.with { bench in
            let journal = bench.journal()
            try await sealing(bench, journal, file: file) { try await journal.append([AuditBench.event(0)]) }
            #expect(try await checkpoints(bench) == 0)
            if let content { #expect(try String(contentsOfFile: file, encoding: .utf8) == content) }
            try FileManager.default.removeItem(atPath: file)
            try await sealing(bench, journal, file: file) { try await journal.append([AuditBench.event(1)]) }
            #expect(try await checkpoints(bench) == 1)
        }
    }

    @Test("A forged head is not signed, also when this node wrote nothing since")
    func forgedHead() async throws {
        try await AuditBench.with { bench in
            let journal = bench.journal()
            for number in 0..<5 { try await journal.append([AuditBench.event(number)]) }
            try await forge(bench)
            await #expect(throws: (any Error).self) {
                try await AuditSealing.seal(
                    client: bench.client, key: bench.key, node: "node-1", remembering: journal.head)
            }
            #expect(try await checkpoints(bench) == 0)
        }
    }

    @Test("The last checkpoint is signed also when the task of the sealing is cancelled")
    func cancelled() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "audit-head-\(UUID())").path
        defer { unlink(file) }
        try await AuditBench.with { bench in
            let journal = bench.journal()
            try await journal.append([AuditBench.event()])
            let sealing = AuditSealing(
                client: bench.client, journal: journal, key: bench.key, node: AuditBench.source.node, anchorFile: file,
                interval: .seconds(3_600), logger: PostgresFixture.silentLogger)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await sealing.run() }
                tasks.cancelAll()
                try await tasks.waitForAll()
            }
            #expect(try await checkpoints(bench) == 1)
            #expect(try AuditSealing.anchor(in: file) == AuditAnchor(head: try #require(journal.head), signedSince: 1))
            try FileManager.default.removeItem(atPath: file)
        }
    }

    @Test("The last checkpoint is tried again while the database refuses it; when it goes on, the head is noted alone")
    func refusedCheckpoint() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "audit-head-\(UUID())").path
        defer { unlink(file) }
        try await AuditBench.with { bench in
            @Sendable func refuse() async throws {
                _ = try await bench.client.query(
                    "alter table audit_checkpoint add constraint full_disk check (sequence < 0) not valid")
            }
            @Sendable func accept() async throws {
                _ = try await bench.client.query("alter table audit_checkpoint drop constraint full_disk")
            }
            let journal = bench.journal()
            try await refuse()
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask {
                    try await Task.sleep(for: .seconds(1))
                    try await accept()
                }
                try await sealing(bench, journal, file: file) { try await journal.append([AuditBench.event(0)]) }
                try await tasks.waitForAll()
            }
            #expect(try await checkpoints(bench) == 1)
            #expect(try AuditSealing.anchor(in: file)?.head == journal.head)

            try await refuse()
            try await sealing(bench, journal, file: file) { try await journal.append([AuditBench.event(1)]) }
            #expect(try await checkpoints(bench) == 1)
            #expect(journal.head?.sequence == 2)
            #expect(try AuditSealing.anchor(in: file)?.head == journal.head)
            try FileManager.default.removeItem(atPath: file)
        }
    }

    @Test("Signatures that were all removed while no daemon ran are missed by the file and by what is signed next")
    func signaturesRemoved() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "audit-head-\(UUID())").path
        defer { unlink(file) }
        try await AuditBench.with { bench in
            let journal = bench.journal()
            try await sealing(bench, journal, file: file) {
                for number in 1...3 { try await journal.append([AuditBench.event(number)]) }
            }
            try await bench.forge([AuditBench.event(4)])
            try await bench.tamper("delete from audit_batch")
            let anchor = try #require(try AuditSealing.anchor(in: file))
            let findings: [AuditFinding] = [.unsigned(from: 1, to: 4)]
            #expect(try await bench.verify().findings.isEmpty, "nothing in the database tells")
            #expect(
                try await bench.verify(anchor: anchor.head, signedSince: anchor.signedSince).findings == findings)

            let next = bench.journal()
            try await sealing(bench, next, file: file) {
                try await next.append([AuditBench.event(5)])
                try await waitUntil("the file is read and noted again", within: .seconds(60)) {
                    try AuditSealing.anchor(in: file)?.head == next.head
                }
                try await next.append([AuditBench.event(6)])
            }
            #expect(try AuditSealing.anchor(in: file)?.signedSince == 1)
            #expect(try await bench.verify().findings == findings)
            try FileManager.default.removeItem(atPath: file)
        }
    }
}
