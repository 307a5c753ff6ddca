import Foundation
import PostgresKit
import Testing
import XDSTesting

@testable import AuditTrail

@Suite("Tampering by SQL as the owner of the database is found, and where")
struct AuditVerificationTests {
    /// Twelve events, checkpoints at 4 and 8.
    private func withTrail(_ body: (AuditBench) async throws -> Void) async throws {
        try await AuditBench.with { bench in
            for _ in 0..<2 {
                try await bench.write(4)
                try await bench.seal()
            }
            try await bench.write(4)
            try await body(bench)
        }
    }

    @Test("A trail that nobody touched is whole")
    func whole() async throws {
        try await withTrail { bench in
            let report = try await bench.verify()
            #expect(report.findings.isEmpty)
            #expect(report.events == 12)
            #expect(report.last == 12)
            #expect(report.checkpoints == 2)
            #expect(report.sealed == 8)
            #expect(report.batches == 12)
            #expect(report.unsigned == 0)
        }
    }

    @Test(
        "A change of any column of an event is found",
        arguments: [
            "format = 2", "event = 'ITI-43'", "action = 'R'", "event_time = event_time + interval '1 microsecond'",
            "outcome = 8",
            "outcome_description = 'x'", "request_id = 'x'", "organisation = 'gp'", "peer = null", "address = '1'",
            "endpoint = '1'", "reply_to = ''", "person = 'x'", "person_name = 'x'", "person_role = 'x'",
            "purpose_of_use = 'x'",
            "patient = null", "submission_set = '1'", "query_id = 'x'", "query = null", "results = 99", "hidden = 1",
            "objects = '[]'",
            "authorisation = null", "treatment_relation = 'x'", "consent = 'x'", "checks = 'x'", "source = 'x'",
            "process = 2",
        ])
    func changed(assignment: String) async throws {
        try await withTrail { bench in
            try await bench.tamper("update audit_event set \(assignment) where sequence = 6")
            #expect(try await bench.verify().findings.contains(.brokenLink(6)))
        }
    }

    @Test("The list of columns that are changed above is the whole list")
    func columns() async throws {
        try await AuditBench.with { bench in
            let rows = try await bench.client.query(
                """
                select attname from pg_attribute where attrelid = 'audit_event'::regclass and attnum > 0 and not attisdropped
                order by attnum
                """)
            let names = try rows.map { try $0.decode(String.self, column: 0) }
            let hashed = AuditRow.columns.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            #expect(names == hashed + ["hash"])
            #expect(hashed.count == AuditRow.columnCount)
        }
    }

    @Test("Removed events are found", arguments: [1, 6, 8])
    func removed(number: Int64) async throws {
        try await withTrail { bench in
            try await bench.tamper("delete from audit_event where sequence = \(number)")
            #expect(try await bench.verify().findings == [.missing(from: number, to: number)])
        }
    }

    @Test("A removed event whose number is closed up is found")
    func removedAndClosedUp() async throws {
        try await withTrail { bench in
            try await bench.tamper(
                "delete from audit_event where sequence = 6",
                "update audit_event set sequence = sequence - 1 where sequence = 7",
                "update audit_event set sequence = sequence - 1 where sequence = 8",
                "update audit_event set sequence = sequence - 1 where sequence > 8 and sequence <= 12",
                "update audit_head set sequence = 11")
            #expect(try await bench.verify().findings.contains(.brokenLink(6)))
        }
    }

    @Test("Two events that changed places are found")
    func reordered() async throws {
        try await withTrail { bench in
            try await bench.tamper(
                "update audit_event set sequence = 100 where sequence = 5",
                "update audit_event set sequence = 5 where sequence = 6",
                "update audit_event set sequence = 6 where sequence = 100")
            #expect(try await bench.verify().findings.contains(.brokenLink(5)))
        }
    }

    @Test("An inserted event is found")
    func inserted() async throws {
        try await withTrail { bench in
            let columns = AuditRow.columns.replacing("sequence,", with: "")
            try await bench.tamper(
                "insert into audit_event (sequence, \(columns), hash) select 13, \(columns), hash from audit_event where sequence = 3"
            )
            #expect(try await bench.verify().findings.contains(.behindHead(13)))
        }
    }

    /// Recomputes every hash from an event on, as somebody would who knows how they are made.
    private func rewriteHashes(_ bench: AuditBench, from first: Int64) async throws {
        let rows = try await bench.client.query(
            "select \(unescaped: AuditRow.columns), hash from audit_event where sequence >= \(first - 1) order by sequence"
        )
        var previous = try rows[0].decode([UInt8].self, column: AuditRow.columnCount)
        for row in rows.dropFirst() {
            var bytes = CanonicalBytes()
            bytes.begin(after: previous)
            for column in 0..<AuditRow.columnCount { row.withBytes(column: column) { bytes.append($0) } }
            previous = bytes.hash
            try await bench.tamper(
                "update audit_event set hash = '\\x\(previous.hexadecimal)' where sequence = \(try row.decode(Int64.self, column: 0))"
            )
        }
        try await bench.tamper("update audit_head set hash = '\\x\(previous.hexadecimal)'")
    }

    @Test("A change whose hashes are all computed anew contradicts the signatures of its segment and of the batches")
    func rewritten() async throws {
        try await withTrail { bench in
            try await bench.tamper("update audit_event set organisation = 'gp' where sequence = 6")
            try await rewriteHashes(bench, from: 6)
            #expect(try await bench.verify().findings == [.rewritten(from: 5, to: 8), .rewritten(from: 6, to: 12)])
        }
    }

    @Test("A change behind the last checkpoint with new hashes contradicts batches and the head that the daemon noted")
    func rewrittenTail() async throws {
        try await withTrail { bench in
            let anchor = try await bench.events().last.map { ChainHead(sequence: $0.sequence, hash: $0.hash) }
            try await bench.tamper("update audit_event set organisation = 'gp' where sequence = 10")
            try await rewriteHashes(bench, from: 10)
            let rewritten = AuditFinding.rewritten(from: 10, to: 12)
            #expect(try await bench.verify().findings == [rewritten])
            #expect(try await bench.verify(anchor: anchor).findings == [.contradicted(12, by: .anchor), rewritten])
            #expect(
                try await bench.verify(expected: anchor).findings == [.contradicted(12, by: .expectation), rewritten])
        }
    }

    @Test("A tail that is cut off is missed by head, batches, noted head, forwarding and checkpoints")
    func cutOff() async throws {
        try await withTrail { bench in
            let anchor = try await bench.events().last.map { ChainHead(sequence: $0.sequence, hash: $0.hash) }
            try await bench.tamper("delete from audit_event where sequence > 10")
            #expect(try await bench.verify().findings == [.cutOff(after: 10, known: 12, by: .head)])
            try await bench.tamper(
                "update audit_head set (sequence, hash) = (select sequence, hash from audit_event where sequence = 10)")
            #expect(try await bench.verify().findings == [.cutOff(after: 10, known: 12, by: .batch)])
            try await bench.tamper("delete from audit_batch where last > 10")
            #expect(try await bench.verify().findings.isEmpty, "nothing in the database tells")
            #expect(try await bench.verify(anchor: anchor).findings == [.cutOff(after: 10, known: 12, by: .anchor)])
            try await bench.tamper("insert into audit_position (reader, sequence) values ('syslog', 11)")
            #expect(try await bench.verify().findings == [.cutOff(after: 10, known: 11, by: .forwarding)])
            try await bench.tamper(
                "delete from audit_position", "delete from audit_event where sequence > 6",
                "delete from audit_batch where last > 6",
                "update audit_head set (sequence, hash) = (select sequence, hash from audit_event where sequence = 6)")
            #expect(try await bench.verify().findings == [.cutOff(after: 6, known: 8, by: .checkpoint)])
        }
    }

    @Test("A checkpoint that is removed, changed, or signed by a key nobody trusts is found")
    func checkpoints() async throws {
        try await withTrail { bench in
            try await bench.seal()
            try await bench.tamper("delete from audit_checkpoint where sequence = 8")
            #expect(try await bench.verify().findings == [.missingCheckpoint(before: 12)])
        }
        try await withTrail { bench in
            try await bench.tamper(
                "update audit_checkpoint set signed_at = signed_at - interval '1 day' where sequence = 4")
            #expect(try await bench.verify().findings == [.falseSignature(4)])
        }
        try await withTrail { bench in
            let stranger = AuditSigningKey()
            try await AuditSealing.seal(client: bench.client, key: stranger, node: "node-2")
            #expect(
                try await bench.verify().findings
                    == [.unknownKey(12, fingerprint: stranger.publicKey.fingerprint)])
        }
    }

    @Test("A trail of several pages is read in order while it grows")
    func pages() async throws {
        try await AuditBench.with { bench in
            let journal = bench.journal()
            for _ in 0..<20 { try await journal.append((0..<500).map { AuditBench.event($0) }) }
            let (report, _) = try await (bench.verify(), bench.write(20))
            #expect(report.findings.isEmpty)
            #expect(report.events >= 10_000)
        }
    }

    @Test("A page ends where its rows have become large, and always has one")
    func pageBytes() async throws {
        try await AuditBench.with { bench in
            var event = AuditBench.event()
            event.query?.content = Array(repeating: 65, count: 10_000)
            try await bench.journal().append(Array(repeating: event, count: 20))
            func rows(after: Int64, to last: Int64 = .max, bytes: Int64) async throws -> [Int64] {
                try await bench.client.query(AuditRow.page(after: after, to: last, rows: 8, bytes: bytes))
                    .map { try $0.decode(Int64.self, column: 0) }
            }
            #expect(try await rows(after: 0, bytes: 1_000_000) == Array(1...8))
            #expect(try await rows(after: 3, bytes: 25_000) == [4, 5, 6])
            #expect(try await rows(after: 3, bytes: 1) == [4])
            #expect(try await rows(after: 17, bytes: 1_000_000) == [18, 19, 20])
            #expect(try await rows(after: 3, to: 5, bytes: 1_000_000) == [4, 5])
            #expect(try await rows(after: 20, bytes: 1_000_000).isEmpty)
        }
    }

    @Test("Events past their retention go in whole segments; the rest proves itself from the checkpoint that stays")
    func pruned() async throws {
        try await withTrail { bench in
            let retention = AuditRetention(client: bench.client)
            #expect(try await retention.plan(before: .now.addingTimeInterval(-3_600)) == nil)
            let plan = try #require(try await retention.plan(before: .now.addingTimeInterval(60)))
            #expect(plan.checkpoint.head.sequence == 8)
            #expect(plan.events == 8)
            try await retention.remove(plan, by: .init(id: "beheerder"), journal: bench.journal())
            #expect(try await bench.events().map(\.sequence) == [9, 10, 11, 12, 13])
            let report = try await bench.verify()
            #expect(report.findings.isEmpty)
            #expect(report.first == 9)
            #expect(report.checkpoints == 2)
            #expect(report.batches == 5)
            #expect(report.unsigned == 0)
            let batches = try await bench.client.query("select last from audit_batch order by last")
            #expect(try batches.map { try $0.decode(Int64.self, column: 0) } == [9, 10, 11, 12, 13])
            #expect(try await retention.plan(before: .now.addingTimeInterval(60)) == nil)
        }
    }

    @Test("A segment that is removed without an event that records it is found")
    func removedWithoutRecord() async throws {
        try await withTrail { bench in
            try await bench.tamper(
                "delete from audit_event where sequence <= 4",
                "update audit_checkpoint set pruned_at = now() where sequence = 4")
            #expect(try await bench.verify().findings == [.removedWithoutRecord(upTo: 4)])
        }
    }
}
