import Foundation
import NIOCore
import Testing
import XDSMetadata
import XDSTesting

@testable import Gateway

@Suite("The front door: who may come in")
struct FrontDoorTests {
    @Test(
        "a certificate of another CA, out of date or revoked fails in the handshake",
        arguments: ["stranger", "expired", "revoked"])
    func handshakeFails(certificate: String) async throws {
        try await GatewayProcess.with { gateway in
            let partner = Partner(gateway, certificate)
            await #expect(throws: (any Error).self) {
                try await partner.post("/xds/registry", soap: partner.messages.findDocuments(returnType: "ObjectRef"))
            }
            // The daemon is well, and says why.
            #expect(try await Partner(gateway, "gp").find().extrinsicObjects.isEmpty)
            let word =
                ["stranger": "no authority trusted here", "expired": "expired", "revoked": "revo"][certificate] ?? ""
            let log = try await gateway.log(withLine: "TLS handshake failed")
            #expect(log.contains(word))
            // The administrator's command tells the same.
            try await waitUntil("the handshake is noted", within: .seconds(20)) {
                try await gateway.command(["organisation", "handshakes", "127.0.0.1"]).output.contains(word)
            }
            let list = try await gateway.command(["organisation", "handshakes"])
            #expect(list.output.contains("127.0.0.1"))
        }
    }

    @Test("no certificate at all fails in the handshake")
    func noCertificate() async throws {
        try await GatewayProcess.with { gateway in
            let result = try await GatewayProcess.run(
                "/usr/bin/curl", ["-s", "--cacert", gateway.pki + "/ca.pem", gateway.address + "/xds/registry?wsdl"])
            #expect(result.status != 0)
            #expect(result.output.isEmpty)
        }
    }

    @Test("a valid certificate of nobody registered: HTTP 403 with a fault and a log line that say so")
    func unregistered() async throws {
        try await GatewayProcess.with { gateway in
            let partner = Partner(gateway, "unregistered")
            let answer = try await partner.post(
                "/xds/registry", soap: partner.messages.findDocuments(returnType: "ObjectRef"))
            #expect(answer.status == 403)
            #expect(answer.contentType.hasPrefix("application/soap+xml"))
            #expect(answer.text.contains("belongs to no organisation"))
            let log = try await gateway.log(withLine: "peer refused")
            #expect(log.contains("belongs to no organisation"))
        }
    }

    @Test("a suspended organisation is refused within the refresh time on its open connection, and admitted again")
    func suspended() async throws {
        try await GatewayProcess.with { gateway in
            let gp = Partner(gateway, "gp")
            let query = gp.messages.findDocuments(returnType: "ObjectRef")
            try await gp.with { client in
                #expect(try await client.post("/xds/registry", soap: query).status == 200)
                #expect(try await gateway.command(["organisation", "suspend", "gp"]).status == 0)
                try await waitUntil("gp is refused", within: .seconds(10)) {
                    try await client.post("/xds/registry", soap: query).status == 403
                }
                let refused = try await client.post("/xds/registry", soap: query)
                #expect(refused.text.contains("suspended"))
                #expect(try await gateway.command(["organisation", "resume", "gp"]).status == 0)
                try await waitUntil("gp is admitted again", within: .seconds(10)) {
                    try await client.post("/xds/registry", soap: query).status == 200
                }
            }
        }
    }

    @Test(
        "a certificate that is revoked while connections are open is refused with the next request, and the connection ends"
    )
    func revokedMeanwhile() async throws {
        let demo = try await TestSurroundings.pki()
        @Sendable func list(revoking names: [String]) throws -> String {
            func identity(_ name: String) -> TestPKI.Identity {
                TestPKI.Identity(certificate: "\(demo)/\(name).pem", key: "\(demo)/\(name).key")
            }
            return try TestPKI.shared().revocationList(
                "revoked-meanwhile", of: identity("ca"), revoking: names.map(identity), days: 5)
        }
        let environment = [
            "XDS_SERVER_REVOCATION_LISTS": try list(revoking: []), "XDS_SERVER_RELOAD_SECONDS": "1",
        ]
        try await GatewayProcess.with(environment: environment) { gateway in
            let gp = Partner(gateway, "gp")
            let query = gp.messages.findDocuments(returnType: "ObjectRef")
            let feed = DemoFeed(pki: gateway.pki, certificate: "hospital", port: gateway.mllpPort)
            let patient = "100000009^^^&2.16.840.1.113883.2.4.6.3&ISO"
            let messages = ["M1", "M2", "M3"].map { DemoMessages.register(patient: patient, number: $0) }
            try await gp.with { client in
                #expect(try await client.post("/xds/registry", soap: query).status == 200)
                let answers = try await feed.send(messages) { position in
                    guard position == 1 else { return }
                    _ = try list(revoking: ["gp", "hospital"])
                    _ = try await gateway.log(withLine: "certificates, keys and revocation lists read again")
                }
                #expect(answers.count == 2, "the connection ends with the second")
                #expect(answers.first?.contains("MSA|AA|M1") == true)
                #expect(answers.last?.contains("MSA|AR|M2") == true)
                #expect(answers.last?.contains("was revoked by its issuer") == true)
                let refused = try await client.post("/xds/registry", soap: query)
                #expect(refused.status == 403)
                #expect(refused.text.contains("was revoked by its issuer"))
                // The connection ended with it, and a new one is refused by the handshake.
                await #expect(throws: (any Error).self) { try await client.post("/xds/registry", soap: query) }
            }
            let metrics = try await gateway.operations("/metrics").body
            #expect(metrics.contains(#"xds_peers_refused_total{reason="revoked"} 2"#))
            // One address for both doors, of which the last refusal is kept.
            try await waitUntil("the refusal is noted", within: .seconds(20)) {
                try await gateway.command(["organisation", "handshakes", "127.0.0.1"]).output.contains("was revoked")
            }
            let report = try await gateway.command(["audit", "search", "--organisation", "gp"])
            #expect(report.output.contains(#/node-authentication +8 +gp/#), "\(report.output)")
        }
    }

    @Test("an organisation that is suspended while the body of a request comes is refused at its end")
    func suspendedMeanwhile() async throws {
        try await GatewayProcess.with { gateway in
            let gp = Partner(gateway, "gp")
            let query = gp.messages.findDocuments(returnType: "ObjectRef")
            let rest = gateway.folder + "/rest"
            async let answer = gateway.post(query, as: "gp", resumingWith: rest)
            try await waitUntil("the request is in work", within: .seconds(20)) {
                try await gateway.operations("/metrics").body.contains("xds_requests_in_work 1")
            }
            #expect(try await gateway.command(["organisation", "suspend", "gp"]).status == 0)
            try await waitUntil("gp is refused", within: .seconds(10)) {
                try await gp.post("/xds/registry", soap: query).status == 403
            }
            try Data().write(to: URL(fileURLWithPath: rest))
            let text = try await answer
            #expect(text.contains("HTTP/1.1 403"), "\(text)")
            #expect(text.contains("suspended"))
        }
    }

    @Test("a request behind an answer that ends the connection is not worked on")
    func pipelinedBehindTheEnd() async throws {
        try await GatewayProcess.with { gateway in
            let answer = try await gateway.send(
                #"""
                printf 'POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello'
                printf 'GET /xds/registry?wsdl HTTP/1.1\r\nHost: localhost\r\n\r\n'; sleep 4
                """#, as: "gp", seconds: 20)
            #expect(answer.contains("HTTP/1.1 404"))
            #expect(answer.lowercased().contains("connection: close"))
            #expect(answer.ranges(of: "HTTP/1.1 ").count == 1, "\(answer)")
        }
    }

    @Test("an organisation calls only the transactions it is allowed")
    func transactionNotAllowed() async throws {
        try await GatewayProcess.with { gateway in
            let carehome = Partner(gateway, "carehome")
            let package = carehome.messages.provideAndRegister(
                [carehome.document(1, bytes: .random(10, seed: 1))], submission: 1)
            let answer = try await carehome.post("/xds/repository", package: package)
            #expect(answer.status == 403)
            #expect(answer.text.contains("may not call"))
            #expect(try await carehome.find().extrinsicObjects.isEmpty)
        }
    }

    @Test("an organisation submits only under the sourceIds it registered")
    func sourceIDNotAllowed() async throws {
        try await GatewayProcess.with { gateway in
            let change = try await gateway.command([
                "organisation", "add", "gp", "--name", "De Esch", "--ura", "90000002", "--source-id", "2.999.40.77",
            ])
            #expect(change.status == 0, "\(change.errorOutput)")
            let gp = Partner(gateway, "gp")
            try await waitUntil("the sourceId is refused", within: .seconds(10)) {
                let number = Int.random(in: 1...1_000_000)
                let response = try await gp.submit(
                    [gp.document(number, bytes: .random(10, seed: 1))], submission: number)
                return response.errors.contains { $0.context.contains("2.999.40.1") && $0.code == .metadata }
            }
        }
    }
}
