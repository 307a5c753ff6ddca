import Foundation
import NIOCore
import PostgresKit
import Synchronization
import Testing
import XDSMetadata
import XDSTesting

@testable import Gateway

@Suite("Nothing acknowledged is lost, nothing unacknowledged is half visible", .serialized)
struct DurabilityTests {
    /// What the submitters know: which documents were acknowledged, and which were sent at all.
    private final class Ledger: Sendable {
        struct Entry: Sendable {
            let uniqueIDs: [String]
            let bytes: ByteBuffer
        }

        private let sent = Mutex<[Int: Entry]>([:])
        private let acknowledged = Mutex<Set<Int>>([])

        func send(_ number: Int, _ entry: Entry) { sent.withLock { $0[number] = entry } }
        func acknowledge(_ number: Int) { acknowledged.withLock { _ = $0.insert(number) } }

        var entries: [(entry: Entry, isAcknowledged: Bool)] {
            let done = acknowledged.withLock { $0 }
            return sent.withLock { sent in sent.sorted { $0.key < $1.key }.map { ($0.value, done.contains($0.key)) } }
        }
    }

    @Test("SIGKILL of the daemon at random moments, with several submitters", .timeLimit(.minutes(20)))
    func kill() async throws {
        // A sweep that runs all the time must not touch what is being committed.
        let environment = ["XDS_REPOSITORY_SWEEP_SECONDS": "1", "XDS_REPOSITORY_SWEEP_AGE_SECONDS": "0"]
        try await GatewayProcess.with(environment: environment) { gateway in
            let ledger = Ledger()
            for round in 0..<4 {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for submitter in 0..<3 {
                        group.addTask { await Self.submit(to: gateway, ledger: ledger, series: round * 3 + submitter) }
                    }
                    group.addTask {
                        try await Task.sleep(for: .milliseconds(Int.random(in: 300...1_500)))
                        await gateway.kill()
                    }
                    try await group.waitForAll()
                }
                try await gateway.start()
            }
            try await prove(ledger, on: gateway)
        }
    }

    @Test(
        "SIGKILL of the database at random moments: what it has forgotten was not acknowledged",
        .timeLimit(.minutes(10)))
    func killDatabase() async throws {
        // The log is flushed by commits that wait for it, and hardly ever by itself.
        try await PrivatePostgresServer.with(settings: ["wal_writer_delay = '10s'"]) { server in
            try await GatewayProcess.with(conninfo: server.conninfo) { gateway in
                let ledger = Ledger()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for submitter in 0..<4 {
                        group.addTask { await Self.submit(to: gateway, ledger: ledger, series: submitter) }
                    }
                    for _ in 0..<2 {
                        try await Task.sleep(for: .milliseconds(Int.random(in: 400...1_200)))
                        try await server.kill()
                        try await server.start()
                    }
                    try await Task.sleep(for: .milliseconds(800))
                    await gateway.kill()
                    try await group.waitForAll()
                }
                try await gateway.start()
                try await prove(ledger, on: gateway)
                try await Self.proveTrail(of: gateway, conninfo: server.conninfo)
            }
        }
    }

    @Test("What a crash of the database forgot before its event was written is not acknowledged, and can be sent again")
    func forgotten() async throws {
        try await PrivatePostgresServer.with(settings: ["wal_writer_delay = '10s'"]) { server in
            try await GatewayProcess.with(conninfo: server.conninfo) { gateway in
                let gp = Partner(gateway, "gp")
                var expected: Set<String> = []
                // The server may have flushed by itself just then; it does not do so every time.
                for number in 1...6 {
                    let document = gp.document(number, bytes: .random(1_000, seed: UInt64(number)))
                    let answer = try await Self.submit(document, submission: number, to: gp, crashing: server)
                    let found = Set(try await gp.find().extrinsicObjects.compactMap(\.uniqueID))
                    if answer.text.contains("ResponseStatusType:Success") {
                        expected.insert(document.uniqueID)
                        #expect(found == expected)
                        continue
                    }
                    #expect(answer.status == 500 && answer.text.contains("nothing is given out or confirmed"))
                    #expect(found == expected)
                    #expect(try await gp.submit([document], submission: number).status == .success)
                    try await Self.proveTrail(of: gateway, conninfo: server.conninfo)
                    return
                }
                Issue.record("the server forgot nothing, so nothing was proved")
            }
        }
    }

    /// Submits a document to a daemon whose database crashes when the registration is committed and its event is not.
    private static func submit(
        _ document: DemoDocument, submission: Int, to partner: Partner, crashing server: PrivatePostgresServer
    ) async throws -> (status: Int, text: String) {
        let package = partner.messages.provideAndRegister([document], submission: submission)
        let answer = Mutex<(status: Int, text: String)?>(nil)
        let crash = await #expect(throws: PostgresError.self) {
            try await PostgresFixture.withClient(PostgresConfiguration(conninfo: server.conninfo)) { client in
                let sets: PostgresQuery = "select count(*) from submission_set"
                let before = try await client.query(sets).decode(Int64.self, row: 0, column: 0)
                try await client.withTransaction { transaction in
                    // No event can be written while this transaction is open.
                    _ = try await transaction.query("select from audit_head for update")
                    async let sent = partner.post("/xds/repository", package: package)
                    try await waitUntil("registered", within: .seconds(30)) {
                        try await client.query(sets).decode(Int64.self, row: 0, column: 0) == before + 1
                    }
                    try await server.kill()
                    try await server.start()
                    let received = try await sent
                    answer.withLock { $0 = (received.status, received.text) }
                }
            }
        }
        #expect(crash?.code == .connectionLost)
        return try #require(answer.withLock { $0 })
    }

    /// No event tells of a registration that is not there, and the trail proves itself.
    private static func proveTrail(of gateway: GatewayProcess, conninfo: String) async throws {
        try await PostgresFixture.withClient(PostgresConfiguration(conninfo: conninfo)) { client in
            let untrue = try await client.query(
                """
                select submission_set from audit_event where submission_set is not null and outcome < 8
                except select unique_id from submission_set
                """)
            #expect(untrue.rowCount == 0, "events of registrations that are not there")
        }
        let verified = try await gateway.command(["audit", "verify"])
        #expect(verified.status == 0, "\(verified.output)\(verified.errorOutput)")
    }

    @Test("SIGTERM finishes what was accepted and ends with status 0 within the configured time")
    func terminate() async throws {
        try await GatewayProcess.with { gateway in
            let ledger = Ledger()
            let status = try await withThrowingTaskGroup(of: Int32?.self) { group in
                for series in 0..<3 {
                    group.addTask {
                        await Self.submit(to: gateway, ledger: ledger, series: series)
                        return nil
                    }
                }
                group.addTask {
                    try await Task.sleep(for: .milliseconds(900))
                    return await gateway.terminate()
                }
                return try await group.reduce(into: Int32(-1)) { if let status = $1 { $0 = status } }
            }
            #expect(status == 0)
            try await gateway.start()
            try await prove(ledger, on: gateway)
        }
    }

    /// Submits until the daemon is gone; a submission has two documents, so that half of it could be visible.
    private static func submit(to gateway: GatewayProcess, ledger: Ledger, series: Int) async {
        let partner = Partner(gateway, "hospital")
        do {
            try await partner.with { client in
                for number in 1...10_000 {
                    let bytes = ByteBuffer.random(20_000, seed: UInt64(series * 100_000 + number))
                    let documents = [1, 2].map { partner.document(number * 10 + $0, bytes: bytes) }
                    let key = series * 100_000 + number
                    ledger.send(key, .init(uniqueIDs: documents.map(\.uniqueID), bytes: bytes))
                    let package = partner.messages.provideAndRegister(documents, submission: number)
                    let answer = try await client.post("/xds/repository", package: package)
                    if answer.text.contains("ResponseStatusType:Success") { ledger.acknowledge(key) }
                }
            }
        } catch {
            // The daemon was killed; what was not acknowledged by now never is.
        }
    }

    /// Every acknowledged document is found and comes back byte for byte; of the others both documents are there, or none.
    private func prove(_ ledger: Ledger, on gateway: GatewayProcess) async throws {
        let partner = Partner(gateway, "gp")
        let entries = ledger.entries
        #expect(entries.filter(\.isAcknowledged).count >= 4, "too few submissions to prove anything")
        let found = Set(try await partner.find().extrinsicObjects.compactMap(\.uniqueID))
        for (entry, isAcknowledged) in entries {
            let visible = entry.uniqueIDs.filter(found.contains)
            if isAcknowledged { #expect(visible.count == 2, "acknowledged and not found") }
            #expect(visible.isEmpty || visible.count == 2, "half a submission is visible")
            let retrieved = try await partner.retrieve(entry.uniqueIDs).documents
            #expect(Set(retrieved.keys) == Set(visible), "found and retrievable differ")
            #expect(retrieved.values.allSatisfy { $0 == entry.bytes }, "other bytes came back")
        }
        try await proveSwept(gateway, documents: entries.filter { found.contains($0.entry.uniqueIDs[0]) }.count)
    }

    /// The bytes of visible documents are all that is left in the store.
    private func proveSwept(_ gateway: GatewayProcess, documents: Int) async throws {
        guard try await gateway.sweepsEverySecond() else { return }
        try await waitUntil("leftovers are swept", within: .seconds(20)) {
            gateway.storedFiles("objects").count == documents && gateway.storedFiles("staging").isEmpty
        }
    }
}

extension ExtrinsicObject {
    /// uniqueId.
    var uniqueID: String? {
        object.identifiers(scheme: EbRIMVocabulary.Scheme.documentEntryUniqueId).first?.value
    }
}

extension GatewayProcess {
    /// Files of the store below `objects` or `staging`, locks apart.
    nonisolated func storedFiles(_ part: String) -> [String] {
        let enumerator = FileManager.default.enumerator(atPath: documents + "/" + part)
        return (enumerator?.compactMap { $0 as? String } ?? []).filter { path in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: "\(documents)/\(part)/\(path)", isDirectory: &isFolder)
                && !isFolder.boolValue && !path.hasSuffix(".lock")
        }
    }

    func sweepsEverySecond() throws -> Bool {
        environment["XDS_REPOSITORY_SWEEP_SECONDS"] == "1"
    }
}
