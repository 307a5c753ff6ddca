import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Testing
import Trust
import XDSTesting

@testable import Gateway

@Suite("What certificate explain tells of a server: what it did, and what would be right", .serialized)
struct TLSReportTests {
    /// A way in which a server may be set up, and what is told of it.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// Options of `openssl s_server`.
        var options: [String] = []
        /// The certificate that the server presents.
        var server: @Sendable (TestPKI) throws -> TestPKI.Identity = { $0.server }
        /// The certificate that is shown to it.
        var client: (@Sendable (TestPKI) -> TestPKI.Identity)?
        /// What is told to be wrong, each a part of one problem.
        var problems: [String] = []
        /// What is told besides.
        var facts: [String] = []
    }

    private static let demand = ["-Verify", "3", "-verify_return_error"]

    static let cases: [Case] = [
        Case(testDescription: "a good one", facts: ["versions      TLS 1.3, TLS 1.2"]),
        Case(
            testDescription: "old versions only", options: ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"],
            problems: ["it takes TLS 1.1 only, which are too old; TLS 1.2 or 1.3 has to be switched on"]),
        Case(
            testDescription: "no cipher suite in common", options: ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-CCM"],
            problems: [
                "no TLS handshake was possible: it has no cipher suite, key exchange group or signature algorithm"
            ]),
        Case(
            testDescription: "a client certificate is demanded by TLS 1.3", options: ["-tls1_3"] + demand,
            facts: ["sent away without a certificate (it sent the alert certificate_required)", "show one with"]),
        Case(
            testDescription: "a client certificate is demanded by TLS 1.2", options: ["-tls1_2"] + demand,
            facts: ["sent away without a certificate (it sent the alert handshake_failure)"]),
        Case(
            testDescription: "a client certificate of another authority", options: demand, client: { $0.stranger },
            problems: ["it sent the client certificate away: it does not know the authority that issued"]),
        Case(
            testDescription: "a client certificate that expired", options: ["-tls1_2"] + demand, client: { $0.expired },
            problems: ["it sent the client certificate away: it takes the client certificate for expired"]),
        Case(
            testDescription: "a client certificate that is taken", options: demand, client: { $0.hospital }),
        Case(
            testDescription: "another name inside TLS",
            options: ["-servername", "xds.example", "-servername_fatal", "-cert2", "SERVER", "-key2", "SERVERKEY"],
            problems: ["no TLS handshake was possible: it serves no host of the name localhost"]),
        Case(
            testDescription: "a certificate nobody trusts",
            server: {
                try $0.issue(
                    "untrusted-server",
                    .init(subject: "/CN=localhost", extendedKeyUsage: "serverAuth", alternativeNames: "DNS:localhost"),
                    by: $0.strangerAuthority)
            }, problems: ["that leads to no authority trusted here"]),
        Case(
            testDescription: "a certificate that expired, of another name",
            server: {
                var request = TestPKI.Request(
                    subject: "/CN=xds.example", extendedKeyUsage: "serverAuth", alternativeNames: "DNS:xds.example")
                (request.startDay, request.endDay) = (-40, -1)
                return try $0.issue("expired-server", request)
            },
            problems: ["it expired on", "its certificate is not for localhost; it is for xds.example; use a name"]),
    ]

    @Test("Servers of OpenSSL", arguments: cases)
    func openssl(_ example: Case) async throws {
        let pki = try TestPKI.shared()
        let identity = try example.server(pki)
        let client = example.client?(pki)
        let options = example.options.map {
            $0 == "SERVER" ? identity.certificate : $0 == "SERVERKEY" ? identity.key : $0
        }
        try await Self.withServer(options, identity, trusting: pki.authority) { port in
            let probe = TLSProbe(
                endpoint: TLSEndpoint(host: "localhost", port: port),
                certificates: try client.map { try NIOSSLCertificate.fromPEMFile($0.certificate) } ?? [],
                key: try client.map { try NIOSSLPrivateKey(file: $0.key, format: .pem) })
            let report = try await TLSReport(of: probe)
            let store = try TrustStore.load(
                TrustSources(anchors: [pki.authority.certificate], revocationLists: [pki.revocationList]))
            let problems = report.problems(judgedBy: store)
            let found = example.problems.map { words in problems.contains { $0.contains(words) } }
            #expect(found.allSatisfy { $0 } && problems.count == found.count, "\(problems)")
            let lines = report.lines(judgedBy: store).joined(separator: "\n")
            for words in example.facts { #expect(lines.contains(words), "\(lines)") }
            // The library's own words help nobody.
            for text in problems + [lines] { #expect(!text.contains("OPENSSL") && !text.contains("NIOSSL"), "\(text)") }
        }
    }

    @Test(
        "Servers that speak no TLS, or say nothing",
        arguments: [("SSH-2.0-OpenSSH_9.2\r\n", TLSProbeFailure.notTLS), ("", .closed)])
    func otherServers(greeting: String, expected: TLSProbeFailure) async throws {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Greeter(greeting))
                }
            }.bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(server.localAddress?.port)
        let report = try await TLSReport(
            of: TLSProbe(endpoint: TLSEndpoint(host: "127.0.0.1", port: port), certificates: [], key: nil))
        try await server.close()
        #expect(report.failure == expected)
        let pki = try TestPKI.shared()
        let store = try TrustStore.load(TrustSources(anchors: [pki.authority.certificate]))
        let problem = try #require(report.problems(judgedBy: store).first)
        #expect(problem.hasPrefix("no TLS handshake was possible: it "), "\(problem)")
    }

    @Test("A port on which nothing listens, and a name without an address")
    func nobody() async throws {
        let refused = TLSEndpoint(host: "localhost", port: try FreePort.take())
        await #expect(throws: TLSProbeFailure.refused) {
            _ = try await TLSReport(of: TLSProbe(endpoint: refused, certificates: [], key: nil))
        }
        let unknown = TLSEndpoint(host: "nowhere.invalid", port: 443)
        await #expect(throws: TLSProbeFailure.unknownHost) {
            _ = try await TLSReport(of: TLSProbe(endpoint: unknown, certificates: [], key: nil))
        }
        #expect(TLSProbeFailure.unknownHost.sentence(of: unknown).contains("nowhere.invalid"))
    }

    /// Runs `openssl s_server` while a body asks it.
    private static func withServer(
        _ options: [String], _ identity: TestPKI.Identity, trusting authority: TestPKI.Identity,
        _ body: (Int) async throws -> Void
    ) async throws {
        let port = try FreePort.take()
        let server = Process()
        server.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        server.arguments =
            ["openssl", "s_server", "-quiet", "-accept", "127.0.0.1:\(port)", "-cert", identity.certificate]
            + ["-key", identity.key, "-CAfile", authority.certificate]
            + ["-cipher", "ECDHE+AESGCM"] + options
        server.standardInput = Pipe()
        server.standardOutput = FileHandle.nullDevice
        server.standardError = FileHandle.nullDevice
        try server.run()
        // The runner may ignore SIGTERM, and what it starts does too then.
        defer { kill(server.processIdentifier, SIGKILL) }
        try await waitUntil("openssl serves", within: .seconds(20)) {
            do {
                try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                    .connect(host: "127.0.0.1", port: port).get().close()
                return true
            } catch {
                return false
            }
        }
        try await body(port)
    }
}

/// Says something and waits, or hangs up at once.
private final class Greeter: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let greeting: String

    init(_ greeting: String) {
        self.greeting = greeting
    }

    func channelActive(context: ChannelHandlerContext) {
        guard !greeting.isEmpty else { return context.close(promise: nil) }
        context.channel.writeAndFlush(ByteBuffer(string: greeting), promise: nil)
    }
}
