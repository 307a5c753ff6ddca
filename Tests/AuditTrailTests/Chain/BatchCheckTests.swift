import Foundation
import PostgresKit
import Testing
import XDSTesting

@testable import AuditTrail

@Suite("Every event belongs to a batch that a node signed, or is found")
struct BatchCheckTests {
    /// Seven events in a signed trail, and the journal that wrote them.
    private func withTrail(_ body: (AuditBench, AuditJournal) async throws -> Void) async throws {
        try await AuditBench.with { bench in
            let journal = bench.journal()
            for number in 1...7 { try await journal.append([AuditBench.event(number)]) }
            try await body(bench, journal)
        }
    }

    /// The record of a removal up to a checkpoint, as it is written before one.
    private func removal(upTo checkpoint: AuditCheckpoint) -> AuditEvent {
        var event = AuditEvent(.auditLogPruned)
        event.objects = [
            AuditObject(.auditTrail, id: "urn:audit-records", details: [AuditRetention.detail(checkpoint.head)])
        ]
        return event
    }

    @Test("An event forged at the tail with the right hash is found by its number, also when the writer goes on")
    func forgedTail() async throws {
        try await withTrail { bench, journal in
            try await bench.forge([AuditBench.event(8, .retrieveDocumentSet)])
            #expect(try await bench.verify().findings == [.unsigned(from: 8, to: 8)])
            for number in 9...11 { try await journal.append([AuditBench.event(number), AuditBench.event(-number)]) }
            try await bench.seal()
            #expect(journal.lostHead == nil, "the forged row follows what the node wrote")
            let report = try await bench.verify()
            #expect(report.last == 14)
            #expect(report.findings == [.unsigned(from: 8, to: 8)])
            #expect(report.findings.first?.description == "event 8 was not written by a key of this network")
            #expect(report.batches == 10)
        }
    }

    @Test("Events that a stranger signs are found, under his own name and under that of a node")
    func stranger() async throws {
        try await withTrail { bench, journal in
            let stranger = AuditSigningKey()
            try await bench.forge([AuditBench.event(8), AuditBench.event(9)], key: stranger)
            try await bench.forge([AuditBench.event(10)], key: stranger)
            try await journal.append([AuditBench.event(11)])
            let (fingerprint, known) = (stranger.publicKey.fingerprint, bench.key.publicKey.fingerprint)
            #expect(
                try await bench.verify().findings == [.foreignBatch(from: 8, to: 10, fingerprint: fingerprint)])
            try await bench.tamper("update audit_batch set key = '\(known)' where key = '\(fingerprint)'")
            #expect(try await bench.verify().findings == [.falseBatch(from: 8, to: 10)])
        }
    }

    @Test(
        "A batch that is removed or changed is found",
        arguments: [
            ("delete from audit_batch where last = 5", [AuditFinding.unsigned(from: 5, to: 5)]),
            ("delete from audit_batch where last <= 5", [.unsigned(from: 1, to: 5)]),
            ("delete from audit_batch where last >= 6", [.unsigned(from: 6, to: 7)]),
            ("update audit_batch set first = 4 where last = 5", [.falseBatch(from: 4, to: 5)]),
            ("update audit_batch set since = 5 where last = 5", [.falseBatch(from: 5, to: 5)]),
            ("update audit_batch set hash = sha256('') where last = 5", [.falseBatch(from: 5, to: 5)]),
            ("update audit_batch set signature = '' where last = 5", [.falseBatch(from: 5, to: 5)]),
            (
                "update audit_batch set last = 50 where last = 7",
                [.unsigned(from: 7, to: 7), .falseBatch(from: 7, to: 50)]
            ),
            (
                "insert into audit_batch select 6, 1, 1, sha256(''), key, signature from audit_batch where last = 5",
                [.falseBatch(from: 1, to: 6)]
            ),
        ])
    func changed(statement: String, findings: [AuditFinding]) async throws {
        try await withTrail { bench, _ in
            try await bench.tamper(statement)
            #expect(try await bench.verify().findings == findings)
        }
    }

    @Test("All batches removed are missed as soon as a node that wrote some of them writes again")
    func allRemoved() async throws {
        try await withTrail { bench, journal in
            try await bench.forge([AuditBench.event(8)])
            try await bench.tamper("delete from audit_batch")
            let report = try await bench.verify()
            #expect(report.findings.isEmpty, "a trail as one without a signing key writes it")
            #expect(report.unsigned == 8)
            // Another one begins to sign anew; this one remembers.
            try await bench.journal("node-2").append([AuditBench.event(9)])
            #expect(try await bench.verify().unsigned == 8)
            try await journal.append([AuditBench.event(10)])
            #expect(try await bench.verify().findings == [.unsigned(from: 1, to: 8)])
        }
    }

    @Test("An event changed with its hash and all after it contradicts the batches, and goes unsigned without them")
    func replaced() async throws {
        try await withTrail { bench, journal in
            try await bench.tamper(
                "delete from audit_event where sequence > 5",
                "update audit_head set (sequence, hash) = (select sequence, hash from audit_event where sequence = 5)")
            try await bench.forge([AuditBench.event(60), AuditBench.event(70)])
            try await journal.append([AuditBench.event(8)])
            #expect(try await bench.verify().findings == [.rewritten(from: 6, to: 7)])
            try await bench.tamper("delete from audit_batch where last between 6 and 7")
            #expect(try await bench.verify().findings == [.unsigned(from: 6, to: 7)])
        }
    }

    @Test("Batches of nodes with keys of their own cover the chain together, each proved by its own key")
    func twoKeys() async throws {
        try await AuditBench.with { bench in
            let other = AuditSigningKey()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for journal in [bench.journal("node-1"), bench.journal("node-2", key: other)] {
                    group.addTask {
                        for number in 0..<25 {
                            try await journal.append([AuditBench.event(number), AuditBench.event(-number)])
                        }
                    }
                }
                try await group.waitForAll()
            }
            let report = try await bench.verify(and: [other])
            #expect(report.findings.isEmpty)
            #expect(report.batches == 50)
            #expect(report.unsigned == 0)
            let findings = try await bench.verify().findings
            #expect(!findings.isEmpty)
            #expect(
                findings.allSatisfy { finding in
                    guard case .foreignBatch(_, _, other.publicKey.fingerprint) = finding else { return false }
                    return true
                })
        }
    }

    @Test("A trail that begins unsigned goes on signed, and says how much is not; nobody begins to write unsigned then")
    func beginsUnsigned() async throws {
        try await AuditBench.with { bench in
            let old = bench.journal(key: nil)
            for number in 0..<3 { try await old.append([AuditBench.event(number)]) }
            #expect(try await bench.verify().unsigned == 3)
            try await bench.write(4)
            let report = try await bench.verify()
            #expect(report.findings.isEmpty)
            #expect(report.unsigned == 3)
            #expect(report.batches == 4)
            await #expect(throws: AuditJournal.KeyMissing.self) {
                try await bench.journal(key: nil).append([AuditBench.event()])
            }
            await #expect(throws: AuditJournal.KeyMissing.self) {
                try await bench.client.withTransaction { transaction in
                    try await AuditJournal.append(
                        [AuditBench.event()], from: AuditBench.source, signedWith: nil, in: transaction)
                }
            }
            #expect(try await bench.verify().last == 7)
            // One that has written goes on, so that a network does not stop, and it is found.
            try await old.append([AuditBench.event()])
            #expect(try await bench.verify().findings == [.unsigned(from: 8, to: 8)])
            try await bench.tamper("delete from audit_batch where last = 4")
            #expect(
                try await bench.verify().findings == [.unsigned(from: 4, to: 4), .unsigned(from: 8, to: 8)])
        }
    }

    @Test("The key is known before the first batch, and the last event of a batch of several is signed")
    func keyIsKnown() async throws {
        try await AuditBench.with { bench in
            try await bench.journal("node-7").append([AuditBench.event(1), AuditBench.event(2)])
            let keys = try await bench.client.query("select fingerprint, source from audit_key")
            #expect(keys.rowCount == 1)
            #expect(try keys.decode(String.self, row: 0, column: 0) == bench.key.publicKey.fingerprint)
            #expect(try keys.decode(String.self, row: 0, column: 1) == "node-7")
            let batch = try await bench.client.query("select first, last, since from audit_batch")
            #expect(batch.rowCount == 1)
            #expect(try (0..<3).map { try batch.decode(Int64.self, row: 0, column: $0) } == [1, 2, 1])
        }
    }

    @Test("Young events that are removed with a forged record are found, twice; with a true record, once")
    func removedTooEarly() async throws {
        for isForged in [true, false] {
            try await withTrail { bench, journal in
                let checkpoint = try #require(try await bench.seal())
                let record = removal(upTo: checkpoint)
                if isForged { try await bench.forge([record]) } else { try await journal.append([record]) }
                try await bench.tamper(
                    "delete from audit_event where sequence <= 7", "delete from audit_batch where last <= 7",
                    "update audit_checkpoint set pruned_at = now()")
                let unsigned: [AuditFinding] = isForged ? [.unsigned(from: 8, to: 8)] : []
                // A signed batch behind the record, by which signing is known to have begun before.
                if isForged { try await journal.append([AuditBench.event(9)]) }
                #expect(try await bench.verify(retention: 86_400).findings == unsigned + [.removedTooEarly(upTo: 7)])
                #expect(try await bench.verify().findings == unsigned)
            }
        }
    }

    @Test("A checkpoint whose signature is not that of a trusted key is no place where the trail may begin")
    func falseStart() async throws {
        try await withTrail { bench, journal in
            let stranger = AuditSigningKey()
            let checkpoint = try #require(
                try await AuditSealing.seal(client: bench.client, key: stranger, node: "node-2"))
            try await journal.append([removal(upTo: checkpoint)])
            try await bench.tamper(
                "delete from audit_event where sequence <= 7", "delete from audit_batch where last <= 7",
                "update audit_checkpoint set pruned_at = now()")
            let findings = try await bench.verify().findings
            #expect(findings.contains(.missing(from: 1, to: 7)))
            #expect(findings.contains(.unknownKey(7, fingerprint: stranger.publicKey.fingerprint)))
        }
    }
}
