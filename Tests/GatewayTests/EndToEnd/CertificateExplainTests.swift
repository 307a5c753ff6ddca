import Foundation
import Testing
import XDSTesting

@testable import Gateway

@Suite("Certificates and servers explained beforehand")
struct CertificateExplainTests {
    @Test("a client certificate: would it be let in, and as whom")
    func files() async throws {
        try await GatewayProcess.with { gateway in
            func explain(_ name: String) async throws -> GatewayProcess.CommandResult {
                try await gateway.command(["certificate", "explain", "\(gateway.pki)/\(name).pem"])
            }
            let gp = try await explain("gp")
            #expect(gp.status == 0, "\(gp.output)\(gp.errorOutput)")
            #expect(gp.output.contains("URA 90000002, server certificate"))
            #expect(gp.output.contains("let in by the TLS handshake"))
            #expect(gp.output.contains("organisation  gp (De Esch)"))
            #expect(try await explain("carehome").output.contains("organisation  carehome (Het Hofje)"))
            for (name, words) in [
                ("stranger", "no authority trusted here"), ("expired", "expired on"), ("revoked", "was revoked"),
                ("unregistered", "belongs to no organisation"),
            ] {
                let result = try await explain(name)
                #expect(result.status == 1)
                #expect(result.output.contains(words), "\(result.output)")
            }
            let absent = try await explain("absent")
            #expect(absent.status != 0 && absent.errorOutput.contains("absent.pem"))
        }
    }

    @Test("a client certificate whose status is asked by OCSP, as the front door would")
    func status() async throws {
        let pki = try TestPKI.shared()
        try await GatewayProcess.with { gateway in
            @Sendable func explain(_ policy: String, _ responder: String) async throws -> String {
                try await GatewayProcess.run(
                    TestSurroundings.gateway(),
                    ["certificate", "explain", pki.hospital.certificate, "--config", gateway.configurationFile],
                    environment: [
                        "XDS_SERVER_TRUST_ANCHORS": pki.authority.certificate,
                        "XDS_SERVER_REVOCATION_LISTS": pki.revocationList, "XDS_SERVER_OCSP": policy,
                        "XDS_SERVER_OCSP_RESPONDER": responder,
                    ]
                ).output
            }
            try await TestHTTPServer.run(answer: { path, request in
                (200, try pki.ocspResponse(to: request, about: pki.hospital, path == "/good" ? .good : .revoked))
            }) { address in
                let good = try await explain("require", address + "/good")
                #expect(good.contains("status        the responder says good, until "), "\(good)")
                #expect(good.contains("let in by the TLS handshake"))
                let revoked = try await explain("prefer", address + "/revoked")
                #expect(revoked.contains("status        the responder says revoked"), "\(revoked)")
                #expect(revoked.contains("handshake     it would be refused."))
            }
            let nobody = "http://127.0.0.1:\(try FreePort.take())"
            let required = try await explain("require", nobody)
            #expect(required.contains("did not answer"), "\(required)")
            #expect(required.contains("handshake     it would be refused."))
            let preferred = try await explain("prefer", nobody)
            #expect(preferred.contains("let in by the TLS handshake"), "\(preferred)")
        }
    }

    @Test("a server: what it presents, versions, suites, and what is wrong")
    func servers() async throws {
        try await GatewayProcess.with { gateway in
            let bare = try await gateway.command(["certificate", "explain", "localhost:\(gateway.port)"])
            #expect(bare.status == 0, "\(bare.output)\(bare.errorOutput)")
            #expect(bare.output.contains("versions      TLS 1.3, TLS 1.2\n"))
            #expect(bare.output.contains("ECDHE-ECDSA-AES256-GCM-SHA384"))
            #expect(bare.output.contains("sent away without a certificate"))
            #expect(bare.output.contains("nothing is wrong with it"))
            let shown = try await gateway.command([
                "certificate", "explain", "localhost:\(gateway.port)", "--certificate", gateway.pki + "/gp.pem",
                "--key",
                gateway.pki + "/gp.key",
            ])
            #expect(shown.status == 0, "\(shown.output)")
            let revoked = try await gateway.command([
                "certificate", "explain", "localhost:\(gateway.port)", "--certificate", gateway.pki + "/revoked.pem",
                "--key", gateway.pki + "/revoked.key",
            ])
            #expect(revoked.status == 1 && revoked.output.contains("sent the client certificate away"))
            let plain = try await gateway.command(["certificate", "explain", "127.0.0.1:\(gateway.operationsPort)"])
            #expect(plain.status == 1 && plain.output.contains("it answered with bytes that are no TLS"))
            let nobody = try await gateway.command(["certificate", "explain", "localhost:\(try FreePort.take())"])
            #expect(nobody.status == 1 && nobody.output.contains("the connection was refused"), "\(nobody.output)")
            let files = ["--certificate", gateway.pki + "/gp.pem", "--key", gateway.pki + "/carehome.key"]
            let mixed = try await gateway.command(["certificate", "explain", "localhost:\(gateway.port)"] + files)
            #expect(
                mixed.status != 0 && mixed.errorOutput.contains("is not the private key of"), "\(mixed.errorOutput)")
        }
    }

    @Test("a weak server of the wrong name is told so")
    func weakServer() async throws {
        try await GatewayProcess.with { gateway in
            let port = try FreePort.take()
            let server = Process()
            server.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            server.arguments = [
                "openssl", "s_server", "-quiet", "-accept", "127.0.0.1:\(port)", "-cert", gateway.pki + "/carehome.pem",
                "-key", gateway.pki + "/carehome.key", "-cipher", "ALL:@SECLEVEL=0", "-tls1_2",
            ]
            server.standardInput = Pipe()
            server.standardOutput = FileHandle.nullDevice
            server.standardError = FileHandle.nullDevice
            try server.run()
            // The runner may ignore SIGTERM, and what it starts does too then.
            defer { kill(server.processIdentifier, SIGKILL) }
            var result = try await gateway.command(["certificate", "explain", "localhost:\(port)"])
            try await waitUntil("openssl serves", within: .seconds(20)) {
                result = try await gateway.command(["certificate", "explain", "localhost:\(port)"])
                return result.output.contains("versions")
            }
            #expect(result.status == 1)
            #expect(result.output.contains("not rated good: ECDHE-ECDSA-AES128-SHA"), "\(result.output)")
            #expect(result.output.contains("is not for localhost"))
            #expect(result.output.contains("do not allow this use"))
        }
    }

    @Test(
        "hosts and ports are read as people write them",
        arguments: [
            ("xds.example:8443", TLSEndpoint(host: "xds.example", port: 8_443)),
            ("https://xds.example:443/xds/registry", .init(host: "xds.example", port: 443)),
            ("[2001:db8::1]:8443", .init(host: "2001:db8::1", port: 8_443)), ("xds.example", nil), ("a:0", nil),
            ("a:70000", nil), (":80", nil),
        ])
    func endpoints(text: String, expected: TLSEndpoint?) {
        #expect(TLSEndpoint(text) == expected)
    }
}
