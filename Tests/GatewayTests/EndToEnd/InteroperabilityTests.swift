import Foundation
import Testing
import XDSMetadata

@testable import Gateway

@Suite("Clients that are not ours, and bad input")
struct InteroperabilityTests {
    private static let folder = TestSurroundings.root + "/Tests/Interoperability"

    @Test("curl with hand-built messages: submit, query, retrieve, compare")
    func curl() async throws {
        try await GatewayProcess.with { gateway in
            let files = ["ontslagbrief.pdf", "verwijsbrief.xml", "wondfoto.jpg"].map {
                TestSurroundings.documents + "/" + $0
            }
            let result = try await GatewayProcess.run(
                "/bin/bash",
                [Self.folder + "/curl_submit.sh", gateway.address, gateway.pki, GatewayProcess.patients[0]] + files)
            #expect(result.status == 0, "\(result.output)\(result.errorOutput)")
        }
    }

    @Test("zeep reads the served WSDL over mutual TLS and performs ITI-18")
    func zeep() async throws {
        try await GatewayProcess.with { gateway in
            let gp = Partner(gateway, "gp")
            #expect(try await gp.submit([gp.document(1, bytes: .random(100, seed: 1))]).status == .success)
            let result = try await python("zeep_query.py", gateway, ["--expect", "1"])
            #expect(result.status == 0, "\(result.output)\(result.errorOutput)")
        }
    }

    @Test(
        "each kind of bad input gets the right answer, leaves nothing behind, and the next request is served",
        .timeLimit(.minutes(20)))
    func badInput() async throws {
        let environment = [
            "XDS_SERVER_HEAD_SECONDS": "2", "XDS_SERVER_IDLE_SECONDS": "3", "XDS_SERVER_BODY_GRACE_SECONDS": "2",
            "XDS_SERVER_WRITE_SECONDS": "3", "XDS_SERVER_HANDSHAKE_SECONDS": "3",
            "XDS_REPOSITORY_DOCUMENT_BYTES": "33554432",
        ]
        try await GatewayProcess.with(environment: environment) { gateway in
            let before = try await gateway.residentBytes()
            let result = try await python(
                "bad_input.py", gateway,
                [
                    "--idle-limit", "3", "--document-limit", "33554432", "--must-stay-empty",
                    gateway.documents + "/staging",
                ])
            #expect(result.status == 0, "\(result.output)\(result.errorOutput)")
            #expect(try await gateway.residentBytes() - before < 256 * 1024 * 1024)
        }
    }

    private func python(
        _ program: String, _ gateway: GatewayProcess, _ arguments: [String]
    ) async throws -> GatewayProcess.CommandResult {
        guard let python = ProcessInfo.processInfo.environment["XDS_TEST_PYTHON"] else {
            throw TestFailure("XDS_TEST_PYTHON names no interpreter; run the tests by make test")
        }
        return try await GatewayProcess.run(
            python, [Self.folder + "/" + program, gateway.address, gateway.pki, GatewayProcess.patients[0]] + arguments)
    }
}
