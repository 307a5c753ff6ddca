import Foundation
import NIOCore
import PostgresKit
import Synchronization
import Testing
import XDSMetadata
import XDSTesting

@testable import Gateway

/// Answers that are given again, as partners, administrators and auditors meet them (ADR 0016).
@Suite("An answer is given again while it is true")
struct KnownAnswerTests {
    private static let patient = GatewayProcess.patients[0]

    /// How many submissions were confirmed.
    private final class Confirmed: Sendable {
        let count = Atomic<Int>(0)
    }

    /// How many answers were found in memory, kept there, and outdated.
    private static func figures(_ gateway: GatewayProcess) async throws -> [String: Int] {
        let metrics = try await gateway.operations("/metrics").body
        var figures: [String: Int] = [:]
        for line in metrics.split(separator: "\n") {
            for outcome in ["found", "kept", "outdated"]
            where line.hasPrefix("xds_known_answers_total{outcome=\"\(outcome)\"} ") {
                figures[outcome] = line.split(separator: " ").last.flatMap { Int($0) }
            }
        }
        return figures
    }

    /// Results and hidden objects of the queries of an organisation, as the trail has them.
    private static func recorded(_ organisation: String, _ gateway: GatewayProcess) async throws -> [[Int?]] {
        let search = [
            "audit", "search", "--transaction", "ITI-18", "--organisation", organisation, "--patient", patient,
            "--format", "json",
        ]
        let json = Data(try await gateway.command(search).output.utf8)
        let events = try #require(try JSONSerialization.jsonObject(with: json) as? [[String: Any]])
        return events.map { [$0["results"] as? Int, $0["hidden"] as? Int] }
    }

    private static func decide(_ decision: String, _ gateway: GatewayProcess) async throws {
        let result = try await gateway.command(["consent", "set", patient, decision, "--source", "balie"])
        #expect(result.status == 0, "\(result.errorOutput)")
    }

    @Test(
        "the second answer comes from memory and is the first one; whatever changes shows in the next, and all is recorded"
    )
    func freshness() async throws {
        try await GatewayProcess.with(environment: ["XDS_ACCESS_CONSENT": "opt-in"]) { gateway in
            let (hospital, gp) = (Partner(gateway, "hospital"), Partner(gateway, "gp"))
            func count() async throws -> Int { try await gp.find().extrinsicObjects.count }
            #expect(try await hospital.submit([hospital.document(1, bytes: .random(500, seed: 1))]).status == .success)
            try await Self.decide("given", gateway)
            let first = try await gp.find()
            #expect(first.extrinsicObjects.count == 1)
            #expect(try await gp.find() == first)
            #expect(try await Self.figures(gateway) == ["found": 1, "kept": 1, "outdated": 0])

            let second = hospital.document(2, bytes: .random(500, seed: 2))
            #expect(try await hospital.submit([second], submission: 2).status == .success)
            #expect(try await count() == 2)
            #expect(try await count() == 2)
            try await Self.decide("withdrawn", gateway)
            #expect(try await count() == 0)
            #expect(try await count() == 0)
            try await Self.decide("given", gateway)
            #expect(try await count() == 2)
            #expect(try await Self.figures(gateway) == ["found": 6, "kept": 4, "outdated": 3])
            #expect(
                try await Self.recorded("gp", gateway)
                    == [[1, 0], [1, 0], [2, 0], [2, 0], [0, 2], [0, 2], [2, 0]])
            // The submitter asks the same, and is another.
            try await Self.decide("withdrawn", gateway)
            #expect(try await hospital.find().extrinsicObjects.count == 2)
            #expect(try await count() == 0)
            let verified = try await gateway.command(["audit", "verify"])
            #expect(verified.status == 0, "\(verified.output)\(verified.errorOutput)")
        }
    }

    @Test("what another node, a command and SQL changed shows in the next answer")
    func others() async throws {
        try await PostgresFixture.withDatabase { conninfo in
            try await GatewayProcess.with(conninfo: conninfo) { gateway in
                let (hospital, gp) = (Partner(gateway, "hospital"), Partner(gateway, "gp"))
                #expect(
                    try await hospital.submit([hospital.document(1, bytes: .random(500, seed: 1))]).status == .success)
                #expect(try await gp.find().extrinsicObjects.count == 1)
                let node = try await GatewayProcess(conninfo: conninfo, environment: [:])
                try await node.start()
                let there = Partner(node, "hospital")
                let second = there.document(2, bytes: .random(500, seed: 2))
                #expect(try await there.submit([second], submission: 2).status == .success)
                await node.remove()
                #expect(try await gp.find().extrinsicObjects.count == 2)

                let merge = try await gateway.command([
                    "patient", "merge", Self.patient, GatewayProcess.patients[1],
                ])
                #expect(merge.status == 0, "\(merge.errorOutput)")
                #expect(try await gp.find().extrinsicObjects.isEmpty)
                #expect(try await gp.find(patient: GatewayProcess.patients[1]).extrinsicObjects.count == 2)
                try await PostgresFixture.withClient(.init(conninfo: conninfo)) { client in
                    _ = try await client.query("update document_entry set status = 'Deprecated'")
                }
                #expect(try await gp.find(patient: GatewayProcess.patients[1]).extrinsicObjects.isEmpty)
            }
        }
    }

    @Test("beside changes at every moment no answer is older than what was confirmed before it was asked for")
    func neverOlder() async throws {
        try await GatewayProcess.with { gateway in
            let hospital = Partner(gateway, "hospital")
            let confirmed = Confirmed()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        let gp = Partner(gateway, "gp")
                        while confirmed.count.load(ordering: .sequentiallyConsistent) < 40 {
                            let before = confirmed.count.load(ordering: .sequentiallyConsistent)
                            let found = try await gp.find().extrinsicObjects.count
                            #expect(found >= before)
                        }
                    }
                }
                for number in 1...40 {
                    let document = hospital.document(number, bytes: .random(50, seed: UInt64(number)))
                    #expect(try await hospital.submit([document], submission: number).status == .success)
                    confirmed.count.store(number, ordering: .sequentiallyConsistent)
                }
                try await group.waitForAll()
            }
            let figures = try await Self.figures(gateway)
            #expect((figures["outdated"] ?? 0) > 0)
        }
    }

    @Test("without memory for them every query is run")
    func off() async throws {
        try await GatewayProcess.with(environment: ["XDS_REGISTRY_KNOWN_ANSWER_BYTES": "0"]) { gateway in
            let hospital = Partner(gateway, "hospital")
            let answer = try await hospital.submit([hospital.document(1, bytes: .random(50, seed: 1))])
            #expect(answer.status == .success)
            let first = try await hospital.find()
            #expect(first.extrinsicObjects.count == 1)
            #expect(try await hospital.find() == first)
            #expect(try await Self.figures(gateway).isEmpty)
        }
    }
}
