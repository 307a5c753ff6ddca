import Foundation
import Logging
import PostgresKit
import ServiceLifecycle
import Testing
import XDSMetadata
import XDSTesting

@testable import AuditTrail

@Suite("Group commit")
struct AuditWriterTests {
    /// Runs a body beside the writer and stops the writer afterwards.
    private func withWriter(
        _ bench: AuditBench, _ body: @escaping @Sendable (AuditWriter) async throws -> Void
    ) async throws -> AuditWriter {
        let writer = AuditWriter(journal: bench.journal())
        let group = ServiceGroup(services: [writer], logger: PostgresFixture.silentLogger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await body(writer)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        return writer
    }

    @Test("Concurrent events share commits, each is durable when its recorder goes on, start and stop are recorded")
    func groups() async throws {
        try await AuditBench.with { bench in
            let writer = try await withWriter(bench) { writer in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<200 {
                        group.addTask {
                            try await writer.record([AuditBench.event(number)])
                            var search = AuditSearch()
                            search.requestID = "request-\(number)"
                            #expect(try await search.run(on: bench.client).count == 1)
                        }
                    }
                    try await group.waitForAll()
                }
            }
            #expect(writer.figures.events == 200)
            #expect(writer.figures.groups < 200)
            let kinds = try await bench.events().map(\.event.kind)
            #expect(kinds.first == .applicationStart)
            #expect(kinds.last == .applicationStop)
            #expect(kinds.count == 202)
            #expect(try await bench.verify().findings.isEmpty)
        }
    }

    @Test("A recorder is told when its event could not be written, and the writer goes on afterwards")
    func failure() async throws {
        try await AuditBench.with { bench in
            let writer = try await withWriter(bench) { writer in
                try await writer.record([AuditBench.event(1)])
                _ = try await bench.client.query(
                    "alter table audit_event add constraint full_disk check (sequence < 0) not valid")
                await #expect(throws: PostgresError.self) { try await writer.record([AuditBench.event(2)]) }
                _ = try await bench.client.query("alter table audit_event drop constraint full_disk")
                try await writer.record([AuditBench.event(3)])
            }
            #expect(writer.figures.failures == 1)
            let requests = try await bench.events().compactMap(\.event.requestID)
            #expect(requests == ["request-1", "request-3"])
            #expect(try await bench.verify().findings.isEmpty)
        }
    }

    /// Makes a patient known; gives its version.
    private static func version(of patient: String, _ bench: AuditBench) async throws -> PatientVersion {
        _ = try await bench.client.query(
            "insert into patient (patient_id, source) values (\(patient), 'test') on conflict do nothing")
        let row = try await bench.client.query(
            """
            select patient_key, version from patient join patient_version using (patient_key)
            where patient_id = \(patient)
            """)
        return PatientVersion(
            patientKey: try row.decode(Int64.self, row: 0, column: 0),
            version: try row.decode(UUID.self, row: 0, column: 1))
    }

    private static func change(_ patient: String, _ bench: AuditBench) async throws {
        _ = try await bench.client.query("update patient set source = 'changed' where patient_id = \(patient)")
    }

    @Test("what rests on a patient that changed is not written, and its recorder is told; the others of the group are")
    func outdated() async throws {
        try await AuditBench.with { bench in
            let patients = (0..<40).map { "\($0)^^^&2.999&ISO" }
            var versions: [PatientVersion] = []
            for patient in patients { versions.append(try await Self.version(of: patient, bench)) }
            for patient in patients.prefix(20) { try await Self.change(patient, bench) }
            let current = try await Self.version(of: patients[0], bench)
            let writer = try await withWriter(bench) { [versions] writer in
                let written = try await withThrowingTaskGroup(of: (Int, Bool).self) { group in
                    for (number, version) in versions.enumerated() {
                        group.addTask {
                            (number, try await writer.record([AuditBench.event(number)], while: [.version(version)]))
                        }
                        group.addTask {
                            try await writer.record([AuditBench.event(1_000 + number)])
                            return (1_000 + number, true)
                        }
                    }
                    return try await group.reduce(into: Set<Int>()) { if $1.1 { $0.insert($1.0) } }
                }
                #expect(written == Set(20..<40).union(1_000..<1_040))
                #expect(try await writer.record([AuditBench.event(2_000)], while: [.version(current)]))
                // Of several versions each counts.
                #expect(
                    try await !writer.record(
                        [AuditBench.event(2_001)], while: [.version(current), .version(versions[1])]))
            }
            let requests = Set(try await bench.events().compactMap(\.event.requestID))
            let numbers = [Array(20..<40), Array(1_000..<1_040), [2_000]].flatMap { $0 }
            #expect(requests == Set(numbers.map { "request-\($0)" }))
            #expect(writer.figures.events == 61)
            #expect(try await bench.verify().findings.isEmpty)
        }
    }

    @Test("a patient that is gone is as outdated as one that changed, also for a journal that reads the head first")
    func gone() async throws {
        try await AuditBench.with { bench in
            let version = try await Self.version(of: AuditBench.patient, bench)
            #expect(try await bench.journal().append([AuditBench.event(1)], while: [.version(version)]).isEmpty)
            let journal = bench.journal()
            _ = try await bench.client.query("delete from patient")
            #expect(try await journal.append([AuditBench.event(2)], while: [.version(version)]) == [.version(version)])
            #expect(try await journal.append([AuditBench.event(3)]).isEmpty)
            #expect(try await journal.append([AuditBench.event(4)], while: [.version(version)]) == [.version(version)])
            // Another node wrote in between: the head is read anew, and the version is looked at again.
            try await bench.journal("node-2.example").append([AuditBench.event(5)])
            #expect(try await journal.append([AuditBench.event(6)], while: [.version(version)]) == [.version(version)])
            #expect(try await journal.append([AuditBench.event(7)]).isEmpty)
            let requests = try await bench.events().compactMap(\.event.requestID)
            #expect(requests == [1, 3, 5, 7].map { "request-\($0)" })
            #expect(try await bench.verify().findings.isEmpty)
        }
    }

    @Test("The event of a registration is written only if the registration is there; others of the group are written")
    func registrations() async throws {
        try await AuditBench.with { bench in
            let version = try await Self.version(of: AuditBench.patient, bench)
            let sets = (0..<20).map { _ in UUID() }
            for (number, set) in sets.enumerated() where number.isMultiple(of: 2) {
                try await Self.register(set, of: version.patientKey, bench)
            }
            // A journal that has to read the head first, and one that knows it.
            let journal = bench.journal()
            #expect(
                try await journal.append([AuditBench.event(1_000)], while: [.submissionSet(sets[1])])
                    == [.submissionSet(sets[1])])
            #expect(try await journal.append([AuditBench.event(1_001)], while: [.submissionSet(sets[0])]).isEmpty)
            _ = try await withWriter(bench) { [sets] writer in
                let written = try await withThrowingTaskGroup(of: (Int, Bool).self) { group in
                    for (number, set) in sets.enumerated() {
                        group.addTask {
                            let premises: [EventPremise] = [.submissionSet(set)]
                            return (number, try await writer.record([AuditBench.event(number)], while: premises))
                        }
                    }
                    return try await group.reduce(into: Set<Int>()) { if $1.1 { $0.insert($1.0) } }
                }
                #expect(written == Set(stride(from: 0, to: 20, by: 2)))
                let both: [EventPremise] = [.version(version), .submissionSet(sets[0])]
                let changed = PatientVersion(patientKey: version.patientKey, version: UUID())
                #expect(try await !writer.record([AuditBench.event(2_000)], while: [.version(changed)] + both))
            }
            let requests = Set(try await bench.events().compactMap(\.event.requestID))
            #expect(requests == Set((Array(stride(from: 0, to: 20, by: 2)) + [1_001]).map { "request-\($0)" }))
            #expect(try await bench.verify().findings.isEmpty)
        }
    }

    @Test("Patients that change one after the other give up what rests on them, and no registration of the group")
    func rounds() async throws {
        try await AuditBench.with { bench in
            var versions: [PatientVersion] = []
            for number in 0..<6 { versions.append(try await Self.version(of: "\(number)^^^&2.999&ISO", bench)) }
            let set = UUID()
            try await Self.register(set, of: versions[0].patientKey, bench)
            // In each attempt, of two statements, the version of one more patient is another one.
            for statement: PostgresQuery in [
                "alter table patient_version rename to kept_version",
                "create table asked (patient_key bigint, at timestamptz, primary key (patient_key, at))",
                """
                create function version_now(key bigint) returns uuid language plpgsql volatile as $$
                declare changing bigint;
                begin
                    select min(k.patient_key) into changing from kept_version k where 2 > (
                        select count(*) from asked a
                        where a.patient_key = k.patient_key and a.at <> statement_timestamp());
                    if key = changing then
                        insert into asked values (key, statement_timestamp()) on conflict do nothing;
                        return gen_random_uuid();
                    end if;
                    return (select version from kept_version where patient_key = key);
                end $$
                """,
                "create view patient_version as select patient_key, version_now(patient_key) as version from patient",
            ] { _ = try await bench.client.query(statement) }
            let journal = bench.journal()
            try await journal.append([AuditBench.event(900)])
            let writer = AuditWriter(journal: journal)
            let written = try await withThrowingTaskGroup(of: (Int, Bool).self) { group in
                // Handed in before the writer runs, so that they are one group.
                for (number, version) in versions.enumerated() {
                    group.addTask {
                        (number, try await writer.record([AuditBench.event(number)], while: [.version(version)]))
                    }
                }
                group.addTask { (100, try await writer.record([AuditBench.event(100)], while: [.submissionSet(set)])) }
                group.addTask { (101, try await writer.record([AuditBench.event(101)], while: [])) }
                try await Task.sleep(for: .seconds(1))
                let service = Task { try await writer.run() }
                var written: Set<Int> = []
                for try await (number, isWritten) in group where isWritten { written.insert(number) }
                service.cancel()
                try await service.value
                return written
            }
            #expect(written.isSuperset(of: [100, 101]))
            #expect(written.isDisjoint(with: [0, 1, 2]))
        }
    }

    @Test("A premise is looked up by the index, however small its table is")
    func plans() async throws {
        try await AuditBench.with { bench in
            let premises: [EventPremise] = [
                .submissionSet(UUID()), .version(PatientVersion(patientKey: 1, version: UUID())),
            ]
            let plan = try await bench.client.query("explain select * from \(failing: premises)").map {
                try $0.decode(String.self, column: 0)
            }.joined(separator: "\n")
            for index in ["patient_version_pkey", "submission_set_pkey"] {
                #expect(plan.matches(of: /Index.* using (\w+)/).map { String($0.1) }.contains(index), "\(plan)")
            }
            #expect(!plan.contains("Join"), "\(plan)")
        }
    }

    private static func register(_ set: UUID, of patientKey: Int64, _ bench: AuditBench) async throws {
        _ = try await bench.client.query(
            """
            insert into submission_set (entry_uuid, patient_key, status, unique_id, source_id, submission_time,
                content_type_code, author_persons, fragment)
            values (\(set), \(patientKey), 'Approved', \("2.999.1.\(set)"), '2.999', '2026', 'a^^b', '{}', '')
            """)
    }

    @Test("Whatever the rows of a group have in common, each is read back as it was written")
    func columns() async throws {
        try await AuditBench.with { bench in
            let plain = AuditBench.event(1)
            var other = AuditBench.event(2)
            other.organisation = "gp"
            var refused = AuditBench.event(3)
            refused.outcome = .seriousFailure
            refused.outcomeDescription = "XDSRegistryError: no"
            refused.replyTo = "urn:reply"
            var person = AuditBench.event(4)
            person.person = .init(id: "900", name: "J. Bakker", role: "arts", purposeOfUse: "TREAT")
            var registered = AuditBench.event(5, .registerDocumentSet)
            registered.query = nil
            registered.submissionSet = "2.999.5"
            registered.objects = [AuditObject(.removedObject, id: "urn:uuid:1")]
            // Equal to Swift, and not to a hash.
            var (composed, decomposed) = (AuditBench.event(6), AuditBench.event(7))
            composed.peer = "CN=Caf\u{e9}"
            decomposed.peer = "CN=Cafe\u{301}"
            let all = [plain, other, refused, person, registered, composed, decomposed]
            let journal = bench.journal()
            for group in [
                [plain], [plain, plain], [plain, other], [plain, refused], [composed, decomposed], [person, plain], all,
            ] {
                #expect(try await journal.append(group).isEmpty)
                let written = try await bench.events().suffix(group.count)
                for (event, read) in zip(group, written) {
                    #expect(read.event.peer.map { Array($0.utf8) } == event.peer.map { Array($0.utf8) })
                    #expect(read.event.requestID == event.requestID && read.event.organisation == event.organisation)
                    #expect(read.event.outcomeDescription == event.outcomeDescription)
                    #expect(read.event.replyTo == event.replyTo && read.event.person == event.person)
                    #expect(read.event.submissionSet == event.submissionSet && read.event.objects == event.objects)
                    #expect(read.event.query == event.query && read.event.grounds == event.grounds)
                }
            }
            #expect(try await bench.verify().findings.isEmpty)
        }
    }

    @Test("What one statement binds is bounded by events and by bytes, and a huge list is written whole")
    func pieces() async throws {
        let small = (0..<1_200).map { AuditBench.event($0) }
        #expect(try AuditWriter.pieces(AuditBench.encoded(small)).map(\.count) == [512, 512, 176])
        var large = AuditBench.event()
        large.query?.content = Array(repeating: 65, count: 1_000_000)
        let many = Array(repeating: large, count: 40)
        #expect(try AuditWriter.pieces(AuditBench.encoded(many)).map(\.count) == [16, 16, 8])
        try await AuditBench.with { bench in
            let writer = try await withWriter(bench) { writer in try await writer.record(small) }
            #expect(writer.figures.events == 1_200)
            let count = try await bench.client.query("select count(*) from audit_event")
                .decode(Int64.self, row: 0, column: 0)
            #expect(count == 1_202)
            #expect(try await bench.verify().findings.isEmpty)
        }
    }

    @Test("The stop is recorded also when the task of the writer is cancelled")
    func cancelled() async throws {
        try await AuditBench.with { bench in
            let writer = AuditWriter(journal: bench.journal())
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await writer.run() }
                try await writer.record([AuditBench.event()])
                tasks.cancelAll()
                try await tasks.waitForAll()
            }
            #expect(try await bench.events().last?.event.kind == .applicationStop)
        }
    }

    @Test("What was handed in before the writer was cancelled is written, the stop behind it, and nothing after")
    func cancelledWhileWriting() async throws {
        try await AuditBench.with { bench in
            let writer = AuditWriter(journal: bench.journal())
            let service = Task { try await writer.run() }
            try await writer.record([AuditBench.event(0)])
            let recorders = try await bench.client.withTransaction { transaction in
                // Whoever writes now waits: the first alone, the others as the group behind it.
                _ = try await transaction.query("select sequence from audit_head for update")
                let recorders = (1...20).map { number in
                    Task { try await writer.record([AuditBench.event(number)]) }
                }
                try await Task.sleep(for: .seconds(1))
                service.cancel()
                try await Task.sleep(for: .milliseconds(200))
                await #expect(throws: AuditWriter.Closed.self) { try await writer.record([AuditBench.event(21)]) }
                return recorders
            }
            for recorder in recorders { try await recorder.value }
            try await service.value
            let kinds = try await bench.events().map(\.event.kind)
            #expect(kinds.count == 23)
            #expect(kinds.first == .applicationStart && kinds.last == .applicationStop)
            #expect(writer.figures.groups == 3)
            #expect(try await bench.verify().findings.isEmpty)
        }
    }

    @Test("Who is cancelled goes on at once without a record; the event is written all the same, once")
    func cancelledRecorder() async throws {
        try await AuditBench.with { bench in
            _ = try await withWriter(bench) { writer in
                try await writer.record([AuditBench.event(0)])
                let others = try await bench.client.withTransaction { transaction in
                    _ = try await transaction.query("select sequence from audit_head for update")
                    let recorders = (1...3).map { number in
                        Task { try await writer.record([AuditBench.event(number)]) }
                    }
                    try await Task.sleep(for: .milliseconds(500))
                    // The commit waits for the lock that is held here: they would never go on otherwise.
                    for recorder in recorders.prefix(2) {
                        recorder.cancel()
                        await #expect(throws: AuditWriter.Cancelled.self) { try await recorder.value }
                    }
                    return recorders.suffix(1)
                }
                for recorder in others { try await recorder.value }
            }
            let ids = try await bench.events().compactMap(\.event.requestID)
            #expect(ids.sorted() == (0...3).map { "request-\($0)" })
            #expect(try await bench.verify().findings.isEmpty)
        }
    }

    @Test("The stop is recorded once though every connection died unnoticed before it")
    func stopOverDeadConnections() async throws {
        try await TestTurns.databases.take {
            try await PostgresFixture.withDatabase { conninfo in
                try await PostgresFixture.withClient(PostgresConfiguration(conninfo: conninfo)) { client in
                    try await AuditBench.prepare(client)
                    let bench = AuditBench(client: client)
                    _ = try await withWriter(bench) { writer in
                        try await writer.record([AuditBench.event()])
                        // Several connections for transactions are open at once, and each of them will be dead.
                        try await withThrowingTaskGroup(of: Void.self) { group in
                            for _ in 0..<4 {
                                group.addTask {
                                    try await client.withTransaction { _ = try await $0.query("select pg_sleep(0.2)") }
                                }
                            }
                            try await group.waitForAll()
                        }
                        try await PostgresFixture.withClient(PostgresConfiguration(conninfo: conninfo)) { other in
                            _ = try await other.query(
                                """
                                select pg_terminate_backend(pid) from pg_stat_activity
                                where datname = current_database() and pid <> pg_backend_pid()
                                """)
                        }
                    }
                    let kinds = try await bench.events().map(\.event.kind)
                    #expect(kinds == [.applicationStart, .registryStoredQuery, .applicationStop])
                    #expect(try await bench.verify().findings.isEmpty)
                }
            }
        }
    }

    @Test("The stop is tried again while the database refuses it, and the writer ends with its reason when it goes on")
    func refusedStop() async throws {
        try await AuditBench.with { bench in
            @Sendable func refuse() async throws {
                _ = try await bench.client.query(
                    "alter table audit_event add constraint full_disk check (sequence < 0) not valid")
            }
            @Sendable func accept() async throws {
                _ = try await bench.client.query("alter table audit_event drop constraint full_disk")
            }
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask {
                    try await Task.sleep(for: .seconds(1))
                    try await accept()
                }
                _ = try await withWriter(bench) { writer in
                    try await writer.record([AuditBench.event()])
                    try await refuse()
                }
                try await tasks.waitForAll()
            }
            let kinds = try await bench.events().map(\.event.kind)
            #expect(kinds == [.applicationStart, .registryStoredQuery, .applicationStop])
            await #expect(throws: PostgresError.self) {
                _ = try await withWriter(bench) { writer in
                    try await writer.record([AuditBench.event()])
                    try await refuse()
                }
            }
        }
    }

    @Test("After the stop nothing is recorded")
    func closed() async throws {
        try await AuditBench.with { bench in
            let writer = try await withWriter(bench) { _ in }
            await #expect(throws: AuditWriter.Closed.self) { try await writer.record([AuditBench.event()]) }
        }
    }

    @Test(
        "A server that dies and comes back: an event is recorded once or its recorder is told", .timeLimit(.minutes(20))
    )
    func serverRestart() async throws {
        let key = AuditSigningKey()
        try await PrivatePostgresServer.with { server in
            var configuration = PostgresConfiguration(conninfo: server.conninfo)
            configuration.connectWait = .seconds(20)
            try await PostgresFixture.withClient(configuration) { client in
                try await AuditBench.prepare(client)
                let bench = AuditBench(client: client, key: key)
                _ = try await withWriter(bench) { writer in
                    // The start stands in the trail: a writer that cannot record that one ends.
                    try await writer.record([AuditBench.event(20_000)])
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for series in 0..<4 {
                            group.addTask {
                                for number in 0..<150 {
                                    do {
                                        try await writer.record([AuditBench.event(series * 1_000 + number)])
                                    } catch {
                                        // Told, so nothing was given out; it may be recorded all the same.
                                        continue
                                    }
                                    var search = AuditSearch()
                                    search.requestID = "request-\(series * 1_000 + number)"
                                    let found = try? await search.run(on: client)
                                    #expect(found == nil || found?.count == 1)
                                }
                            }
                        }
                        group.addTask { try await server.restart(.immediate) }
                        try await group.waitForAll()
                    }
                    // A connection that died is found out by its next user, and there are several: that should not be
                    // the record of the stop. Twenty in a row that are whole are more than there are connections.
                    var whole = 0
                    for attempt in 0..<1_000 where whole < 20 {
                        do {
                            try await writer.record([AuditBench.event(10_000 + attempt)])
                            whole += 1
                        } catch {
                            whole = 0
                            try await Task.sleep(for: .milliseconds(100))
                        }
                    }
                    #expect(whole == 20)
                }
            }
            try await PostgresFixture.withClient(configuration) { client in
                let report = try await AuditBench(client: client, key: key).verify()
                #expect(report.findings.isEmpty)
            }
        }
    }
}
