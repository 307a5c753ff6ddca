import Foundation
import NIOCore
import Testing
import XDSMetadata
import XDSTesting

@testable import Gateway

@Suite("Operations: health, metrics, log")
struct OperationsTests {
    @Test("live and ready; not ready without a writable store, and ready again")
    func readinessOfTheStore() async throws {
        try await GatewayProcess.with { gateway in
            #expect(try await gateway.operations("/health/live").status == 200)
            #expect(try await gateway.operations("/health/ready").status == 200)
            let staging = gateway.documents + "/staging"
            try FileManager.default.moveItem(atPath: staging, toPath: staging + "-away")
            let answer = try await gateway.operations("/health/ready")
            #expect(answer.status == 503)
            #expect(answer.body.contains("document store"))
            #expect(try await gateway.operations("/health/live").status == 200)
            try FileManager.default.moveItem(atPath: staging + "-away", toPath: staging)
            #expect(try await gateway.operations("/health/ready").status == 200)
        }
    }

    @Test(
        "not ready without the database; nothing is answered unrecorded; ready again when it is back",
        .timeLimit(.minutes(20)))
    func databaseAway() async throws {
        try await PrivatePostgresServer.with { server in
            try await GatewayProcess.with(conninfo: server.conninfo) { gateway in
                let gp = Partner(gateway, "gp")
                let document = gp.document(1, bytes: .random(1_000, seed: 1))
                #expect(try await gp.submit([document]).status == .success)
                try await server.stop()
                #expect(try await gateway.operations("/health/ready").status == 503)
                #expect(try await gateway.operations("/health/live").status == 200)
                let query = gp.messages.findDocuments(returnType: "ObjectRef")
                let submission = gp.messages.provideAndRegister(
                    [gp.document(2, bytes: .random(1_000, seed: 2))], submission: 2)
                for answer in [
                    try await gp.post("/xds/registry", soap: query),
                    try await gp.post("/xds/repository", package: submission),
                ] {
                    #expect(answer.status == 500)
                    #expect(answer.text.contains("could not be recorded in the audit trail"))
                    #expect(!answer.text.contains("socket") && !answer.text.contains("postgres"))
                }
                try await server.start()
                try await waitUntil("ready again", within: .seconds(60)) {
                    try await gateway.operations("/health/ready").status == 200
                }
                #expect(try await gp.find().extrinsicObjects.compactMap(\.uniqueID) == [document.uniqueID])
                #expect(
                    try await gp.submit([gp.document(2, bytes: .random(1_000, seed: 2))], submission: 2).status
                        == .success)
            }
        }
    }

    @Test("metrics in the Prometheus text format: requests by transaction, organisation and outcome, latencies, parts")
    func metrics() async throws {
        try await GatewayProcess.with { gateway in
            let gp = Partner(gateway, "gp")
            #expect(try await gp.submit([gp.document(1, bytes: .random(1_000, seed: 1))]).status == .success)
            #expect(try await gp.submit([], submission: 2, patient: DemoRegion.unknownPatient).status == .failure)
            _ = try await gp.find()
            _ = try await Partner(gateway, "unregistered").post("/xds/registry", soap: "x")
            let text = try await gateway.operations("/metrics").body
            for line in [
                #"xds_requests_total{transaction="ITI-41",organisation="gp",outcome="Success"} 1"#,
                #"xds_requests_total{transaction="ITI-41",organisation="gp",outcome="Failure"} 1"#,
                #"xds_requests_total{transaction="ITI-18",organisation="gp",outcome="Success"} 1"#,
                #"xds_request_duration_seconds_count{transaction="ITI-18"} 1"#,
                #"xds_peers_refused_total{reason="not-registered"} 1"#,
                #"xds_organisations 3"#,
            ] { #expect(text.contains(line + "\n"), "\(line)") }
            for name in [
                "xds_database_connections", "xds_store_free_bytes", "process_resident_memory_bytes",
                "xds_handshakes_total",
            ] { #expect(text.contains("\n# TYPE \(name) ") || text.hasPrefix("# TYPE \(name) "), "\(name)") }
            #expect(!text.contains("900186021"))
        }
    }

    @Test("the request id of an answer is in its log line; neither log nor metrics carry patient data")
    func requestIDAndPrivacy() async throws {
        try await GatewayProcess.with(environment: ["XDS_LOG_LEVEL": "trace"]) { gateway in
            let gp = Partner(gateway, "gp")
            #expect(
                try await gp.submit([gp.document(1, bytes: .random(100, seed: 1), title: "Geheime titel")]).status
                    == .success)
            #expect(
                try await gp.submit(
                    [gp.document(2, bytes: .random(9, seed: 1))], submission: 2, patient: DemoRegion.unknownPatient
                ).status == .failure)
            _ = try await gp.find()
            let fault = try await gp.post("/xds/registry", soap: "<nonsense Jansen='900186021'")
            #expect(fault.status == 400)
            guard let id = fault.text.firstMatch(of: #/[0-9a-f]{16}/#) else {
                Issue.record("no request id in the fault: \(fault.text)")
                return
            }
            // Its last lines are written when it ends.
            _ = await gateway.terminate()
            let log = try String(contentsOfFile: gateway.log, encoding: .utf8)
            #expect(log.split(separator: "\n").contains { $0.contains(id.0) && $0.contains("request answered") })
            for secret in ["900186021", "999999990", "Geheime titel", "Jansen", "P0077"] {
                #expect(!log.contains(secret), "\(secret) stands in the log")
            }
        }
    }
}
