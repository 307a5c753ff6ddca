import Foundation
import NIOCore
import PostgresKit
import Testing
import XDSMetadata
import XDSTesting

@testable import Gateway

@Suite("Limits of one organisation leave the others alone")
struct OrganisationLimitTests {
    @Test("a partner with all its requests in work is refused with 429 and told why; another one is served meanwhile")
    func twoPartners() async throws {
        try await GatewayProcess.with { gateway in
            let change = try await gateway.command(["organisation", "add", "gp", "--maximum-requests", "2"])
            #expect(change.status == 0, "\(change.errorOutput)")
            let gp = Partner(gateway, "gp")
            let query = gp.messages.findDocuments(returnType: "ObjectRef")
            // The new limit is in force once the directory was read again; two requests that wait show it.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<2 { group.addTask { try await GatewayProcess.stalledRequest(gateway, seconds: 12) } }
                try await waitUntil("gp is limited", within: .seconds(10)) {
                    try await gp.post("/xds/registry", soap: query).status == 429
                }
                let refused = try await gp.post("/xds/registry", soap: query)
                #expect(refused.status == 429)
                #expect(refused.text.contains("gp has 2 requests in work"))
                #expect(refused.contentType.hasPrefix("application/soap+xml"))
                for _ in 0..<20 {
                    #expect(try await Partner(gateway, "hospital").post("/xds/registry", soap: query).status == 200)
                }
                group.cancelAll()
                while let result = await group.nextResult() { _ = result }
            }
            try await waitUntil("gp is served again", within: .seconds(20)) {
                try await gp.post("/xds/registry", soap: query).status == 200
            }
            let metrics = try await gateway.operations("/metrics").body
            #expect(metrics.contains("xds_requests_limited_total{organisation=\"gp\",limit=\"requests\"}"))
            #expect(!metrics.contains("xds_requests_limited_total{organisation=\"hospital\""))
        }
    }

    @Test("a partner over its rate is refused with 429, one over its bytes too, announced or not")
    func rateAndBytes() async throws {
        let environment = ["XDS_ORGANISATIONS_REQUESTS_PER_SECOND": "5", "XDS_ORGANISATIONS_BYTES": "1048576"]
        try await GatewayProcess.with(environment: environment) { gateway in
            let gp = Partner(gateway, "gp")
            let query = gp.messages.findDocuments(returnType: "ObjectRef")
            var statuses: [Int] = []
            try await gp.with { client in
                for _ in 0..<30 { statuses.append(try await client.post("/xds/registry", soap: query).status) }
            }
            #expect(statuses.prefix(5).allSatisfy { $0 == 200 })
            #expect(statuses.contains(429))
            let large = gp.messages.provideAndRegister(
                [gp.document(1, bytes: .random(2_000_000, seed: 1))], submission: 1)
            try await Task.sleep(for: .milliseconds(1_100))
            let announced = try await gp.post("/xds/repository", package: large)
            #expect(announced.status == 429)
            #expect(announced.text.contains("more than 1048576 bytes at once"))
            try await Task.sleep(for: .milliseconds(1_100))
            let chunked = try await gateway.postChunked(Data(repeating: 0x20, count: 2_000_000), as: "gp")
            #expect(chunked.contains("429"), "\(chunked)")
        }
    }

    /// Submissions of a document whose uniqueId is locked in the database last until the lock is gone. The same document with
    /// the same bytes may be submitted again.
    @Test("a partner whose submissions all hang holds up neither its own queries nor a submission of another")
    func turns() async throws {
        try await PostgresFixture.withDatabase { conninfo in
            // On a slow machine the first of them must not have ended before the last has come.
            let patient = ["XDS_DATABASE_QUERY_SECONDS": "300", "XDS_ORGANISATIONS_TURN_SECONDS": "300"]
            try await GatewayProcess.with(conninfo: conninfo, environment: patient) { gateway in
                let gp = Partner(gateway, "gp")
                let contested = gp.document(1, bytes: .random(100, seed: 1))
                try await withThrowingTaskGroup(of: Void.self) { group in
                    try await PostgresFixture.withClient(PostgresConfiguration(conninfo: conninfo)) { client in
                        try await client.withTransaction { transaction in
                            _ = try await transaction.query(
                                "select pg_advisory_xact_lock(hashtextextended(\(contested.uniqueID), 0))")
                            for number in 1...20 {
                                group.addTask {
                                    let response = try await gp.submit([contested], submission: number)
                                    #expect(response.status == .success)
                                }
                            }
                            try await waitUntil("twelve wait for a turn", within: .seconds(15)) {
                                try await gateway.operations("/metrics").body
                                    .contains("xds_requests_waiting_for_turn 12\n")
                            }
                            let hospital = Partner(gateway, "hospital")
                            let own = hospital.document(1, bytes: .random(100, seed: 2))
                            #expect(try await hospital.submit([own]).status == .success)
                            #expect(try await gp.find().extrinsicObjects.compactMap(\.uniqueID) == [own.uniqueID])
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(try await gp.find().extrinsicObjects.count == 21)
                #expect(
                    try await gateway.operations("/metrics").body.contains("xds_requests_waiting_for_turn 0\n"))
            }
        }
    }

    /// A submission of 17 objects, which has a transaction of its own, and the message that registers it.
    private static func largeRegistration() throws -> (uniqueID: String, message: String) {
        let sample = SampleMetadata.submission(documents: 8, patientId: GatewayProcess.patients[0])
            .completed(repositoryUniqueId: GatewayProcess.repositoryUniqueID)
        let uniqueID = try #require(sample.objects.extrinsicObjects.first?.uniqueID)
        return (uniqueID, String(buffer: SampleMessage.register(sample).body))
    }

    @Test("a registration that cannot share a transaction takes a turn of what has a connection, 429 if late")
    func lateRegistration() async throws {
        try await PostgresFixture.withDatabase { conninfo in
            // One such turn, also while nobody else asks.
            let environment = [
                "XDS_DATABASE_QUERY_SECONDS": "300", "XDS_ORGANISATIONS_TURN_SECONDS": "2",
                "XDS_ORGANISATIONS_WRITING_TURNS": "1", "XDS_DATABASE_TRANSACTION_CONNECTIONS": "2",
            ]
            try await GatewayProcess.with(conninfo: conninfo, environment: environment) { gateway in
                let gp = Partner(gateway, "gp")
                let (held, late) = (try Self.largeRegistration(), try Self.largeRegistration())
                let small = SampleMetadata.submission(patientId: GatewayProcess.patients[0])
                    .completed(repositoryUniqueId: GatewayProcess.repositoryUniqueID)
                let shared = try await gp.post(
                    "/xds/registry", soap: String(buffer: SampleMessage.register(small).body))
                #expect(shared.text.contains("ResponseStatusType:Success"))
                let database = PostgresConfiguration(conninfo: conninfo)
                let answers = try await PostgresFixture.withClient(database) { client in
                    try await client.withTransaction { transaction in
                        _ = try await transaction.query(
                            "select pg_advisory_xact_lock(hashtextextended(\(held.uniqueID), 0))")
                        // Tasks of their own, because they go on when the lock is gone.
                        let first = Task { try await gp.post("/xds/registry", soap: held.message) }
                        try await waitUntil("it waits for the lock", within: .seconds(30)) {
                            try await client.query(
                                """
                                select count(*) from pg_locks where locktype = 'advisory' and not granted
                                    and database = (select oid from pg_database where datname = current_database())
                                """
                            ).decode(Int.self, row: 0, column: 0) == 1
                        }
                        let second = Task { try await gp.post("/xds/registry", soap: late.message) }
                        try await waitUntil("the other waits for its turn", within: .seconds(30)) {
                            try await gateway.operations("/metrics").body
                                .contains("xds_requests_waiting_for_turn 1\n")
                        }
                        try await Task.sleep(for: .seconds(2.5))
                        return (first, second)
                    }
                }
                #expect(try await answers.0.value.text.contains("ResponseStatusType:Success"))
                let refused = try await answers.1.value
                #expect(refused.status == 429)
                #expect(refused.text.contains("this one waited 2 s for its turn"), "\(refused.text)")
                let metrics = try await gateway.operations("/metrics").body
                #expect(metrics.contains("xds_requests_limited_total{organisation=\"gp\",limit=\"turn\"} 1\n"))
                #expect(metrics.contains("xds_registration_groups_total 1\n"))
                for (outcome, count) in [("decided", 1), ("alone", 0), ("failed", 0)] {
                    let line = "xds_registrations_in_groups_total{outcome=\"\(outcome)\"} \(count)\n"
                    #expect(metrics.contains(line))
                }
                #expect(try await gp.find().extrinsicObjects.count == 9)
            }
        }
    }
}
