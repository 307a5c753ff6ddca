import AuditTrail
import Foundation
import NIOCore
import PostgresKit
import Testing
import XDSMetadata
import XDSTesting

@testable import Gateway

@Suite("Every access is in the audit trail before its answer leaves", .serialized)
struct AuditEndToEndTests {
    private func with(
        environment: [String: String] = [:],
        _ body: @escaping @Sendable (GatewayProcess, PostgresClient) async throws -> Void
    ) async throws {
        try await PostgresFixture.withDatabase { conninfo in
            try await GatewayProcess.with(conninfo: conninfo, environment: environment) { gateway in
                try await PostgresFixture.withClient(PostgresConfiguration(conninfo: conninfo)) { client in
                    try await body(gateway, client)
                }
            }
        }
    }

    private func events(_ client: PostgresClient, _ kind: AuditEventKind) async throws -> [AuditEvent] {
        var search = AuditSearch()
        search.kinds = [kind]
        return try await search.run(on: client).map(\.event)
    }

    @Test("Start, submission, query, query without hits, retrieval, refusals and stop, with patient and organisation")
    func mainJob() async throws {
        try await with { gateway, client in
            let hospital = Partner(gateway, "hospital")
            let gp = Partner(gateway, "gp")
            let patient = GatewayProcess.patients[0]
            let document = hospital.document(1, bytes: .random(10_000, seed: 1))
            #expect(try await hospital.submit([document]).status == .success)
            #expect(try await hospital.submit([document], submission: 1).status == .failure)
            _ = try await gp.find()
            _ = try await gp.find(patient: GatewayProcess.patients[1])
            _ = try await gp.retrieve([document.uniqueID, "2.999.404"])
            let carehome = Partner(gateway, "carehome")
            _ = try await carehome.post(
                "/xds/repository", package: carehome.messages.provideAndRegister([document], submission: 9))
            let stranger = Partner(gateway, "unregistered")
            _ = try await stranger.post("/xds/registry", soap: stranger.messages.findDocuments(returnType: "LeafClass"))
            await gateway.terminate()

            let submissions = try await events(client, .provideAndRegisterDocumentSet)
            #expect(submissions.map(\.outcome) == [.success, .seriousFailure, .seriousFailure])
            let first = try #require(submissions.first)
            #expect(first.patient == patient)
            #expect(first.organisation == "hospital")
            #expect(first.submissionSet?.isEmpty == false)
            #expect(first.peer?.contains("Ziekenhuis Oost") == true)
            #expect(first.endpoint?.hasSuffix("/xds/repository") == true)
            #expect(submissions[1].outcomeDescription?.hasPrefix("XDS") == true)
            #expect(submissions[2].organisation == "carehome")
            #expect(submissions[2].outcomeDescription?.contains("may not call") == true)

            let queries = try await events(client, .registryStoredQuery)
            #expect(queries.map(\.patient) == [patient, GatewayProcess.patients[1]])
            #expect(queries.map(\.query?.results) == [1, 0])
            #expect(queries.map(\.organisation) == ["gp", "gp"])
            let content = String(decoding: queries.first?.query?.content ?? [], as: UTF8.self)
            #expect(content.contains("AdhocQueryRequest"))

            let retrievals = try await events(client, .retrieveDocumentSet)
            #expect(retrievals.map(\.outcome) == [.success, .seriousFailure])
            #expect(retrievals.map(\.patient) == [patient, nil])
            #expect(retrievals.map { $0.objects.map(\.id) } == [[document.uniqueID], ["2.999.404"]])

            let refusals = try await events(client, .nodeAuthentication)
            #expect(
                refusals.contains { $0.peer?.contains("Praktijk Onbekend") == true && $0.outcome == .seriousFailure })
            #expect(try await events(client, .applicationStart).count == 1)
            #expect(try await events(client, .applicationStop).count == 1)
            let changes = try await events(client, .administration)
            #expect(changes.contains { $0.objects.first?.id == "carehome" && $0.person != nil })
        }
    }

    @Test("A handshake that fails is recorded with the reason, and a repetition within a minute is left out")
    func handshakes() async throws {
        try await with { gateway, client in
            for _ in 0..<3 {
                let expired = Partner(gateway, "expired")
                await #expect(throws: (any Error).self) {
                    try await expired.post(
                        "/xds/registry", soap: expired.messages.findDocuments(returnType: "ObjectRef"))
                }
            }
            try await waitUntil("the failure is recorded", within: .seconds(20)) {
                try await events(client, .nodeAuthentication).count == 1
            }
            let event = try #require(try await events(client, .nodeAuthentication).first)
            #expect(event.outcomeDescription?.contains("expired") == true)
            #expect(event.objects.first?.kind == .peer)
        }
    }

    @Test("A peer that may not come in is recorded once a minute, by HTTP and by MLLP, however often it tries")
    func strangers() async throws {
        try await with { gateway, client in
            let stranger = Partner(gateway, "unregistered")
            for _ in 0..<3 {
                _ = try await stranger.post(
                    "/xds/registry", soap: stranger.messages.findDocuments(returnType: "LeafClass"))
            }
            #expect(try await events(client, .nodeAuthentication).count == 1)
            let message = DemoMessages.register(patient: GatewayProcess.patients[0], number: "S1")
            _ = try await DemoFeed(pki: gateway.pki, certificate: "unregistered", port: gateway.mllpPort)
                .send([message, message, message])
            #expect(try await events(client, .nodeAuthentication).count == 2)
        }
    }

    @Test(
        "A partner beyond its rate is recorded once a minute, by HTTP and by MLLP together, with the limit and the reason"
    )
    func limited() async throws {
        try await with(environment: ["XDS_ORGANISATIONS_REQUESTS_PER_SECOND": "1"]) { gateway, client in
            let hospital = Partner(gateway, "hospital")
            let query = hospital.messages.findDocuments(returnType: "ObjectRef")
            try await hospital.with { connection in
                var refused = 0
                for _ in 0..<20 where try await connection.post("/xds/registry", soap: query).status == 429 {
                    refused += 1
                }
                #expect(refused > 1)
            }
            let message = DemoMessages.register(patient: GatewayProcess.patients[0], number: "L1")
            _ = try await DemoFeed(pki: gateway.pki, certificate: "hospital", port: gateway.mllpPort)
                .send(Array(repeating: message, count: 5))
            let events = try await events(client, .requestRefused)
            #expect(events.count == 1)
            let event = try #require(events.first)
            #expect(event.organisation == "hospital")
            #expect(event.outcome == .seriousFailure)
            #expect(event.outcomeDescription?.contains("may make 1 requests a second") == true)
            #expect(event.objects == [AuditObject(.organisation, id: "hospital", details: [.init("Limit", "rate")])])
        }
    }

    @Test("A partner whose bodies of unknown length go over its bytes is recorded once a minute, and counted each time")
    func overrun() async throws {
        try await with { gateway, client in
            let change = try await gateway.command(["organisation", "add", "hospital", "--maximum-bytes", "1000"])
            #expect(change.status == 0, "\(change.errorOutput)")
            let query = Partner(gateway, "hospital").messages.findDocuments(returnType: "ObjectRef")
            let body = Data((query + String(repeating: " ", count: 20_000)).utf8)
            try await waitUntil("the limit is in force", within: .seconds(10)) {
                try await gateway.postChunked(body, as: "hospital").contains("HTTP/1.1 429")
            }
            for _ in 0..<2 {
                let answer = try await gateway.postChunked(body, as: "hospital")
                #expect(answer.contains("HTTP/1.1 429"), "\(answer)")
                #expect(answer.lowercased().contains("retry-after: 1"), "\(answer)")
                #expect(answer.contains("may not send more than 1000 bytes at once"))
            }
            let events = try await events(client, .requestRefused)
            #expect(events.count == 1)
            let event = try #require(events.first)
            #expect(event.organisation == "hospital")
            #expect(event.outcome == .seriousFailure)
            #expect(event.outcomeDescription?.contains("may not send more than 1000 bytes at once") == true)
            #expect(event.objects == [AuditObject(.organisation, id: "hospital", details: [.init("Limit", "bytes")])])
            try await waitUntil("each is counted", within: .seconds(10)) {
                try await gateway.operations("/metrics").body
                    .contains("xds_requests_limited_total{organisation=\"hospital\",limit=\"bytes\"} 3\n")
            }
        }
    }

    @Test("Requests that are turned away because too many are in work are recorded, once a minute for an organisation")
    func overloaded() async throws {
        try await with(environment: ["XDS_LIMITS_REQUESTS": "1"]) { gateway, client in
            let gp = Partner(gateway, "gp")
            let query = gp.messages.findDocuments(returnType: "ObjectRef")
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await GatewayProcess.stalledRequest(gateway, seconds: 12) }
                try await waitUntil("gp is turned away", within: .seconds(10)) {
                    try await gp.post("/xds/registry", soap: query).status == 503
                }
                _ = try await gp.post("/xds/registry", soap: query)
                group.cancelAll()
                while let result = await group.nextResult() { _ = result }
            }
            let events = try await events(client, .requestRefused).filter { $0.organisation == "gp" }
            #expect(events.map(\.outcome).first == .majorFailure)
            #expect(events.count { $0.objects.first?.details.first == .init("Limit", "overloaded") } == 1)
        }
    }

    @Test("Requests whose envelopes find no room beside all others are recorded once a minute, and counted each time")
    func noRoomForEnvelopes() async throws {
        try await with(environment: ["XDS_LIMITS_ENVELOPE_BYTES_IN_WORK": "1048576"]) { gateway, client in
            let query = Partner(gateway, "gp").messages.findDocuments(returnType: "ObjectRef")
            let large = Data((query + String(repeating: " ", count: 1_500_000)).utf8)
            for _ in 0..<3 {
                let answer = try await gateway.postChunked(large, as: "gp")
                #expect(answer.contains("HTTP/1.1 503"), "\(answer)")
                #expect(answer.lowercased().contains("retry-after: 1"), "\(answer)")
                #expect(answer.contains("Too many bytes of messages are in work"))
            }
            let events = try await events(client, .requestRefused)
            #expect(events.count == 1)
            let event = try #require(events.first)
            #expect(event.organisation == "gp")
            #expect(event.outcome == .majorFailure)
            #expect(event.outcomeDescription == "too many bytes of messages are in work")
            #expect(event.objects == [AuditObject(.organisation, id: "gp", details: [.init("Limit", "overloaded")])])
            try await waitUntil("each is counted", within: .seconds(10)) {
                try await gateway.operations("/metrics").body.contains(
                    "xds_requests_total{transaction=\"unknown\",organisation=\"gp\",outcome=\"overloaded\"} 3\n")
            }
            #expect(try await Partner(gateway, "gp").post("/xds/registry", soap: query).status == 200)
        }
    }

    @Test("The stop is recorded and sealed also when there is no time left for anything else")
    func stopWithoutTime() async throws {
        try await with(environment: ["XDS_SERVER_SHUTDOWN_SECONDS": "0"]) { gateway, client in
            _ = try await Partner(gateway, "gp").find()
            await gateway.terminate()
            #expect(try await events(client, .applicationStop).count == 1)
            let unsealed = try await client.query(
                "select count(*) from audit_event where sequence > (select max(sequence) from audit_checkpoint)")
            #expect(try unsealed.decode(Int64.self, row: 0, column: 0) == 0)
        }
    }

    @Test("Of a request about many patients the query is recorded once, and those beyond the limit are counted")
    func manyPatients() {
        var event = AuditEvent(.registryStoredQuery)
        event.query = .init(id: "urn:uuid:1", content: Array(repeating: 65, count: 10_000))
        let few = Auditor.events(event, ofPatients: (0..<16).map(String.init), leftOut: 0)
        #expect(few.count == 16)
        #expect(few.allSatisfy { $0.query == event.query })
        var long = event
        long.query?.content = Array(repeating: 65, count: 200_000)
        let two = Auditor.events(long, ofPatients: ["1", "2"], leftOut: 0)
        #expect(two.map { $0.query?.content.count } == [200_000, 0])
        #expect(two.last?.objects.map(\.kind) == [.auditTrail])
        #expect(Auditor.events(long, ofPatients: ["1"], leftOut: 0).map(\.query) == [long.query])
        let many = Auditor.events(event, ofPatients: (0..<1_000).map(String.init), leftOut: 19_000)
        #expect(many.count == 1_001)
        #expect(many.map(\.patient) == (0..<1_000).map(String.init) + [nil])
        #expect(many.reduce(0) { $0 + ($1.query?.content.count ?? 0) } == 10_000)
        #expect(many.last?.outcomeDescription?.hasPrefix("20000 patients") == true)
        #expect(many.last?.objects.last?.details == [.init("Patients", "20000"), .init("LeftOut", "19000")])
    }

    @Test("Nothing is disclosed or confirmed when the trail cannot be written, as with a full disk; then all goes on")
    func unwritable() async throws {
        try await with { gateway, client in
            let gp = Partner(gateway, "gp")
            let hospital = Partner(gateway, "hospital")
            let document = hospital.document(1, bytes: .random(300_000, seed: 2))
            #expect(try await hospital.submit([document]).status == .success)
            // 53100 is what the server says when the disk is full.
            _ = try await client.query(
                """
                create function full_disk() returns trigger language plpgsql as $$
                begin raise exception 'could not extend file' using errcode = '53100'; end $$
                """)
            _ = try await client.query(
                "create trigger full_disk before insert on audit_event for each statement execute function full_disk()")
            let query = try await gp.post("/xds/registry", soap: gp.messages.findDocuments(returnType: "LeafClass"))
            #expect(query.status == 500)
            #expect(query.text.contains("could not be recorded"))
            #expect(!query.text.contains(document.uniqueID))
            let retrieval = try await gp.post(
                "/xds/repository", package: gp.messages.retrieve(uniqueIDs: [document.uniqueID]))
            #expect(retrieval.status == 500)
            #expect(retrieval.body.readableBytes < 5_000)
            let other = try await hospital.post(
                "/xds/repository",
                package: hospital.messages.provideAndRegister(
                    [hospital.document(2, bytes: .random(100, seed: 3))], submission: 2))
            #expect(other.status == 500)
            _ = try await client.query("drop trigger full_disk on audit_event")
            #expect(try await gp.retrieve([document.uniqueID]).documents.count == 1)
            let metrics = try await gateway.operations("/metrics").body
            #expect(metrics.contains("outcome=\"unrecorded\""))
        }
    }

    @Test(
        "SIGKILL under load: every answer that was received has its event, and the trail is whole",
        .timeLimit(.minutes(20)))
    func kill() async throws {
        try await with { gateway, client in
            let answered = AnsweredRequests()
            for round in 0..<3 {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for series in 0..<4 {
                        group.addTask { await Self.load(gateway, series: round * 4 + series, answered) }
                    }
                    group.addTask {
                        try await Task.sleep(for: .milliseconds(Int.random(in: 400...1_200)))
                        await gateway.kill()
                    }
                    try await group.waitForAll()
                }
                try await gateway.start()
            }
            let expected = await answered.requestIDs
            #expect(expected.count > 10)
            let rows = try await client.query(
                "select count(distinct request_id) from audit_event where request_id = any(\(expected))")
            #expect(try rows.decode(Int.self, row: 0, column: 0) == expected.count)
            let result = try await gateway.command(["audit", "verify"])
            #expect(result.status == 0, "\(result.output)\(result.errorOutput)")
        }
    }

    @Test("3.8: a feed is recorded for each id: C for what becomes known, D and U for a merge, with MSH-10")
    func feed() async throws {
        try await with { gateway, client in
            let (one, two) = ("100000009", "100000010")
            let cx = [one, two].map { "\($0)^^^&2.16.840.1.113883.2.4.6.3&ISO" }
            _ = try await DemoFeed(pki: gateway.pki, certificate: "hospital", port: gateway.mllpPort).send([
                DemoMessages.register(patient: cx[0], number: "N1"),
                DemoMessages.register(patient: cx[1], number: "N2"),
                DemoMessages.merge(survivor: cx[0], subsumed: cx[1], number: "N3"),
                DemoMessages.merge(survivor: cx[0], subsumed: cx[1], number: "N4"),
            ])
            let events = try await events(client, .patientIdentityFeed)
            #expect(events.map(\.action) == [.create, .create, .delete, .update, .delete, .update])
            #expect(events.map(\.patient) == [cx[0], cx[1], cx[1], cx[0], cx[1], cx[0]])
            #expect(
                events.map(\.outcome) == [.success, .success, .success, .success, .seriousFailure, .seriousFailure])
            #expect(events.allSatisfy { $0.organisation == "hospital" })
            #expect(events[3].objects.first?.details == [.init("MSH-10", "N3")])
        }
    }

    /// Submits and queries until the daemon is gone, noting the request id of every answer that came.
    private static func load(_ gateway: GatewayProcess, series: Int, _ answered: AnsweredRequests) async {
        let partner = Partner(gateway, "hospital")
        do {
            try await partner.with { client in
                for number in 1...10_000 {
                    let answer: DemoClient.Answer
                    if number % 3 == 0 {
                        let document = partner.document(
                            number, bytes: .random(2_000, seed: UInt64(series * 10_000 + number)))
                        answer = try await client.post(
                            "/xds/repository",
                            package: partner.messages.provideAndRegister([document], submission: number))
                    } else {
                        answer = try await client.post(
                            "/xds/registry", soap: partner.messages.findDocuments(returnType: "ObjectRef"))
                    }
                    if let id = answer.requestID { await answered.note(id) }
                }
            }
        } catch {
            // The daemon was killed; what was not answered by now never is.
        }
    }
}

/// Request ids of the answers that were received.
private actor AnsweredRequests {
    private(set) var requestIDs: [String] = []

    func note(_ id: String) { requestIDs.append(id) }
}
