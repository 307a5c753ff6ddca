import Foundation
import PostgresKit
import Schemas
import Testing
import XDSTesting

@testable import AuditTrail

@Suite("Events are written at the end of one chain")
struct AuditJournalTests {
    @Test("Every fact of an event comes back, and the numbers have no gaps")
    func roundTrip() async throws {
        try await AuditBench.with { bench in
            var event = AuditBench.event(7, .retrieveDocumentSet)
            event.time = Date(timeIntervalSince1970: 1_795_000_000.123_456)
            event.outcome = .seriousFailure
            event.outcomeDescription = "document 2.999.1 is not available"
            event.replyTo = "http://www.w3.org/2005/08/addressing/anonymous"
            event.person = .init(
                id: "<jansen@hospital>", name: "J. Jansen", role: "01.015^^2.999.4", purposeOfUse: "TREAT^^2.999.5")
            event.submissionSet = "2.999.5.77"
            event.objects = [
                .document("2.999.1", repositoryUniqueID: "2.999.1.2", homeCommunityID: "urn:oid:2.999.1.1"),
                AuditObject(.patient, id: "1^^^&2.999&ISO", lifeCycle: 14, details: [.init("MSH-10", "a\"b")]),
            ]
            event.grounds = .init(authorisation: "a", treatmentRelation: "b", consent: "c", checks: "d")
            try await bench.journal().append([event, AuditEvent(.applicationStop)])
            let found = try await bench.events()
            #expect(found.map(\.sequence) == [1, 2])
            #expect(found.first?.event == event)
            #expect(found.last?.event.kind == .applicationStop)
            #expect(found.last?.source == AuditSource(node: AuditBench.source.node, process: 1))
        }
    }

    @Test("What cannot be stored is taken out or cut, and the event is written")
    func unstorable() async throws {
        try await AuditBench.with { bench in
            var event = AuditBench.event()
            event.patient = "1\u{0}2" + String(repeating: "é", count: 5_000)
            event.query?.content = Array(repeating: 65, count: 2_000_000)
            try await bench.journal().append([event])
            let found = try #require(try await bench.events().first)
            #expect(found.event.patient?.hasPrefix("12é") == true)
            #expect((found.event.patient?.utf8.count ?? 0) <= 1_024)
            #expect(found.event.query?.content.count == 1_048_576)
            #expect(try await bench.verify().findings.isEmpty)
        }
    }

    @Test("Objects are cut one by one and divided over events; what is stored is always readable")
    func manyObjects() async throws {
        try await AuditBench.with { bench in
            var event = AuditBench.event(1, .retrieveDocumentSet)
            let home = String(repeating: "é", count: 2_000)
            event.objects = (0..<1_200).map {
                .document("2.999.\($0)", repositoryUniqueID: "2.999.1", homeCommunityID: home)
            }
            let journal = bench.journal()
            for _ in 0..<2 { try await journal.append([event]) }
            let found = try await bench.events()
            #expect(found.map(\.event.objects.count) == [500, 500, 200, 500, 500, 200])
            #expect(found.flatMap(\.event.objects).map(\.id) == (event.objects + event.objects).map(\.id))
            #expect(found.allSatisfy { $0.event.patient == AuditBench.patient && $0.event.requestID == "request-1" })
            #expect(found.first?.event.objects.first?.details.last?.value.utf8.count == 1_024)
            #expect(try await bench.verify().findings.isEmpty)
        }
    }

    @Test("Objects that cannot be read hide neither their event nor the others")
    func unreadableObjects() async throws {
        try await AuditBench.with { bench in
            try await bench.write(3)
            try await bench.tamper("update audit_event set objects = '[{\"kind\":' where sequence = 2")
            let found = try await bench.events()
            #expect(found.map(\.sequence) == [1, 2, 3])
            #expect(found[1].event.requestID == "request-1")
            #expect(found[1].event.objects.first?.id == "urn:audit-objects:unreadable")
        }
    }

    @Test("Writers of several nodes share the chain without gaps and without losing an event")
    func severalNodes() async throws {
        try await AuditBench.with { bench in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for node in 0..<4 {
                    group.addTask {
                        let journal = bench.journal("node-\(node)")
                        for number in 0..<25 {
                            try await journal.append([AuditBench.event(number), AuditBench.event(-number)])
                        }
                    }
                }
                try await group.waitForAll()
            }
            let report = try await bench.verify()
            #expect(report.findings.isEmpty)
            #expect(report.events == 200)
            let nodes = Dictionary(grouping: try await bench.events(), by: \.source.node)
            #expect(nodes.mapValues(\.count) == ["node-0": 50, "node-1": 50, "node-2": 50, "node-3": 50])
        }
    }

    @Test("An event in another transaction is there if and only if that commits")
    func otherTransaction() async throws {
        struct Undone: Error {}
        try await AuditBench.with { bench in
            await #expect(throws: Undone.self) {
                try await bench.client.withTransaction { transaction in
                    try await AuditJournal.append(
                        [AuditBench.event()], from: AuditBench.source, signedWith: bench.key, in: transaction)
                    throw Undone()
                }
            }
            try await bench.client.withTransaction { transaction in
                try await AuditJournal.append(
                    [AuditBench.event(1)], from: AuditBench.source, signedWith: bench.key, in: transaction)
            }
            #expect(try await bench.events().map(\.event.requestID) == ["request-1"])
            #expect(try await bench.verify().findings.isEmpty)
        }
    }

    @Test(
        "Changing, deleting and truncating events is refused",
        arguments: [
            "update audit_event set outcome = 0", "delete from audit_event", "truncate audit_event",
            "delete from audit_checkpoint", "delete from audit_batch", "update audit_batch set first = 1",
            "update audit_key set public_key = ''",
        ])
    func appendOnly(statement: String) async throws {
        try await AuditBench.with { bench in
            try await bench.write(1)
            let error = await #expect(throws: PostgresError.self) {
                try await bench.client.query(PostgresQuery(unescaped: statement))
            }
            #expect(error?.sqlState == .insufficientPrivilege)
        }
    }

    @Test("A role that serves can append and not change; the owner grants it with one function")
    func servingRole() async throws {
        try await AuditBench.with { bench in
            let role = "xds_serving_" + UUID().uuidString.lowercased().prefix(8)
            _ = try await bench.client.query(PostgresQuery(unescaped: "create role \(role)"))
            _ = try await bench.client.query("select grant_serving_role(\(role)::text::name)")
            func allowed(_ table: String, _ privilege: String) async throws -> Bool {
                try await bench.client.query("select has_table_privilege(\(role)::text::name, \(table), \(privilege))")
                    .decode(Bool.self, row: 0, column: 0)
            }
            #expect(try await allowed("audit_event", "insert"))
            #expect(try await allowed("audit_batch", "insert"))
            #expect(try await allowed("audit_head", "update"))
            #expect(try await allowed("document_entry", "delete"))
            for privilege in ["update", "delete", "truncate"] {
                #expect(try await !allowed("audit_event", privilege))
                #expect(try await !allowed("audit_checkpoint", privilege))
                #expect(try await !allowed("audit_batch", privilege))
            }
            #expect(try await !allowed("audit_head", "insert"))
            _ = try await bench.client.query(PostgresQuery(unescaped: "drop owned by \(role)"))
            _ = try await bench.client.query(PostgresQuery(unescaped: "drop role \(role)"))
        }
    }

    @Test("A role that served before batches were signed may append them, and no other role may")
    func servingRoleOfOldDatabase() async throws {
        try await TestTurns.databases.take {
            try await PostgresFixture.withClient { client in
                let before = try #require(Schemas.migrations.firstIndex { $0.name == "0021_signed_batches.sql" })
                try await AuditBench.prepare(client, migrations: before)
                let role = "xds_serving_" + UUID().uuidString.lowercased().prefix(8)
                for name in [role, role + "_other"] {
                    _ = try await client.query(PostgresQuery(unescaped: "create role \(name)"))
                }
                _ = try await client.query("select grant_serving_role(\(role)::text::name)")
                try await AuditBench.prepare(client)
                func allowed(_ role: String, _ privilege: String) async throws -> Bool {
                    try await client.query(
                        "select has_table_privilege(\(role)::text::name, 'audit_batch', \(privilege))"
                    ).decode(Bool.self, row: 0, column: 0)
                }
                #expect(try await allowed(role, "insert"))
                #expect(try await allowed(role, "select"))
                #expect(try await !allowed(role, "update"))
                #expect(try await !allowed(role, "delete"))
                #expect(try await !allowed(role + "_other", "insert"))
                for name in [role, role + "_other"] {
                    _ = try await client.query(PostgresQuery(unescaped: "drop owned by \(name)"))
                    _ = try await client.query(PostgresQuery(unescaped: "drop role \(name)"))
                }
            }
        }
    }
}
