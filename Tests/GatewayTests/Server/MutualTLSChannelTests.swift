import Foundation
import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOSSL
import Synchronization
import Testing
import Trust
import XDSTesting

@testable import Gateway

@Suite("Mutual TLS at the front door", .serialized)
struct MutualTLSChannelTests {
    private static let get = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"

    @Test("a registered certificate passes, and the request sees who it is", arguments: [TLSVersion.tlsv12, .tlsv13])
    func admits(version: TLSVersion) async throws {
        try await TestServer.run { server in
            let peer = try await TestPeer.connect(to: server, as: server.pki.hospital) {
                $0.minimumTLSVersion = version
                $0.maximumTLSVersion = version
            }
            peer.send(Self.get)
            let certificate = try Certificate.read(pemFile: server.pki.hospital.certificate)
            #expect(try await peer.receives(certificate.subject + "\n" + certificate.spkiSHA256Hex))
            #expect(peer.received.contains(version == .tlsv12 ? "TLS 1.2" : "TLS 1.3"))
            peer.send(Self.get)
            #expect(try await eventually { peer.received.ranges(of: "200 OK").count == 2 })
            #expect(server.events.admitted.map(\.certificate.serverURA) == [TestPKI.ura])
            #expect(server.events.admitted.first?.proof == .handshake)
            #expect(server.events.admitted.first?.remoteAddress.hasPrefix("127.0.0.1:") == true)
            peer.close()
        }
    }

    @Test("a peer whose socket holds small packets back does not wait for the kernel, which acknowledges 40 ms later")
    func holdsBack() async throws {
        let post = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n"
        try await TestServer.run { server in
            // The least of all counts: a busy machine makes some of them slow, the kernel would make each.
            var least: [TestPeer.Sending: (first: Duration, later: Duration)] = [:]
            for sending in [TestPeer.Sending.atOnce, .holdingBack] {
                var (first, later) = (Duration.seconds(60), Duration.seconds(60))
                for _ in 1...8 {
                    let peer = try await TestPeer.connect(to: server, as: server.pki.hospital, sending: sending)
                    first = min(first, try await Self.time(of: [Self.get], to: peer, answers: 1))
                    later = min(later, try await Self.time(of: [post, "a", "b"], to: peer, answers: 2))
                    peer.close()
                }
                least[sending] = (first, later)
            }
            let (usual, held) = (try #require(least[.atOnce]), try #require(least[.holdingBack]))
            #expect(held.first < usual.first + .milliseconds(30))
            #expect(held.later < usual.later + .milliseconds(30))
        }
    }

    /// How long it takes to send these packets and to have so many answers in all.
    private static func time(of packets: [String], to peer: TestPeer, answers: Int) async throws -> Duration {
        let start = ContinuousClock.now
        for packet in packets { peer.send(packet) }
        while peer.received.ranges(of: "200 OK").count < answers, start.duration(to: .now) < .seconds(30) {
            try await Task.sleep(for: .milliseconds(1))
        }
        return start.duration(to: .now)
    }

    @Test("an intermediate that the peer sends is used")
    func intermediate() async throws {
        try await TestServer.run { server in
            let peer = try await TestPeer.connect(to: server, as: server.pki.underIntermediate)
            peer.send(Self.get)
            #expect(try await peer.receives("his.debrink.example"))
            peer.close()
        }
    }

    @Test("without a certificate the handshake fails, in plain words", arguments: [TLSVersion.tlsv12, .tlsv13])
    func noCertificate(version: TLSVersion) async throws {
        try await TestServer.run { server in
            let peer = try await TestPeer.connect(to: server, as: nil) {
                $0.minimumTLSVersion = version
                $0.maximumTLSVersion = version
            }
            peer.send(Self.get)
            #expect(try await peer.closes())
            #expect(peer.received.isEmpty)
            #expect(peer.error != nil)
            #expect(try await eventually { server.events.failures.count == 1 })
            let failure = try #require(server.events.failures.first)
            #expect(failure.word == "no-certificate")
            #expect(failure.sentence.contains("The peer sent no certificate"))
            #expect(failure.sentence.contains("asked for one issued by CN=Test CA,O=Test,C=NL"))
            #expect(server.events.admitted.isEmpty)
        }
    }

    @Test(
        "stranger, expired and revoked certificates fail in the handshake, each with its reason",
        arguments: [
            ("unknown-issuer", "leads to no authority trusted here"), ("expired", "expired on"),
            ("revoked", "was revoked by its issuer"),
        ])
    func refuses(word: String, words: String) async throws {
        try await TestServer.run { server in
            let identities = [
                "unknown-issuer": server.pki.stranger, "expired": server.pki.expired, "revoked": server.pki.revoked,
            ]
            let peer = try await TestPeer.connect(to: server, as: identities[word] ?? server.pki.hospital)
            peer.send(Self.get)
            #expect(try await peer.closes())
            #expect(peer.received.isEmpty)
            #expect(peer.error?.contains("ALERT") == true)
            #expect(try await eventually { server.events.failures.count == 1 })
            let failure = try #require(server.events.failures.first)
            #expect(failure.word == word)
            #expect(failure.sentence.contains(words))
        }
    }

    @Test("TLS 1.1 is refused")
    func oldVersion() async throws {
        try await TestServer.run { server in
            let peer = try await TestPeer.connect(to: server, as: server.pki.hospital) {
                $0.minimumTLSVersion = .tlsv1
                $0.maximumTLSVersion = .tlsv11
            }
            #expect(try await peer.closes())
            #expect(try await eventually { server.events.failures.map(\.word) == ["protocol-version"] })
            #expect(server.events.failures.first?.sentence.hasPrefix("The peer offers TLS 1.1, TLS 1.0") == true)
            #expect(server.events.failures.first?.sentence.contains("only; TLS 1.2 or 1.3 is needed") == true)
        }
    }

    @Test("a cipher suite without forward secrecy is refused")
    func oldCipher() async throws {
        try await TestServer.run { server in
            let peer = try await TestPeer.connect(to: server, as: server.pki.hospital) {
                $0.maximumTLSVersion = .tlsv12
                $0.cipherSuiteValues = [.TLS_RSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA]
            }
            #expect(try await peer.closes())
            #expect(try await eventually { server.events.failures.map(\.word) == ["algorithms"] })
            #expect(server.events.failures.first?.sentence.contains("0x9c 0xc009") == true)
        }
    }

    @Test("a client that does not trust this server is told apart")
    func clientDistrusts() async throws {
        try await TestServer.run { server in
            let peer = try await TestPeer.connect(to: server, as: server.pki.hospital) {
                $0.trustRoots = .file(server.pki.strangerAuthority.certificate)
            }
            #expect(try await peer.closes())
            #expect(try await eventually { server.events.failures.map(\.word) == ["server-not-trusted"] })
        }
    }

    @Test("HTTP in clear is told apart from TLS")
    func clear() async throws {
        try await TestServer.run { server in
            let peer = try await TestPeer.connectInClear(to: server)
            peer.send(Self.get)
            #expect(try await peer.closes())
            #expect(try await eventually { server.events.failures.map(\.word) == ["not-tls"] })
            #expect(server.events.failures.first?.sentence.hasPrefix("The peer spoke plain HTTP") == true)
        }
    }

    @Test("a time-out that comes before the connection is set up closes it all the same")
    func timeoutDuringSetup() async throws {
        try await TestServer.run(configuration: .init(handshakeTimeout: .zero)) { server in
            for count in 1...10 {
                let peer = try await TestPeer.connectInClear(to: server)
                #expect(try await peer.closes())
                #expect(try await eventually { server.events.failures.count == count })
            }
            let peer = try await TestPeer.connect(to: server, as: server.pki.hospital)
            #expect(try await peer.closes())
            #expect(server.events.failures.allSatisfy { $0.word == "timed-out" })
        }
    }

    @Test("a peer that is refused and does not say goodbye is closed")
    func silentAfterRefusal() async throws {
        try await TestServer.run(configuration: .init(handshakeTimeout: .milliseconds(500))) { server in
            let peer = try await TestPeer.connectInClear(to: server)
            // The head of a record that never comes.
            peer.send(ByteBuffer(bytes: [0x16, 3, 1, 2, 0, 1]))
            #expect(try await peer.closes())
            #expect(server.events.failures.first?.sentence.contains("no complete TLS hello") == true)
        }
    }

    @Test("a handshake that does not move is closed in time")
    func slowHandshake() async throws {
        try await TestServer.run(configuration: .init(handshakeTimeout: .seconds(2))) { server in
            let peer = try await TestPeer.connectInClear(to: server)
            #expect(try await peer.closes())
            #expect(try await eventually { server.events.failures.map(\.word) == ["timed-out"] })
        }
    }

    @Test("more handshakes than allowed at once are turned away, and a finished one makes room")
    func overload() async throws {
        try await TestServer.run(configuration: .init(maximumHandshakes: 1)) { server in
            // Which of the two comes first is up to the event loops.
            let pair = try await [TestPeer.connectInClear(to: server), TestPeer.connectInClear(to: server)]
            #expect(try await eventually { pair.filter(\.isClosed).count == 1 })
            #expect(try await eventually { server.events.failures.map(\.word) == ["overloaded"] })
            for peer in pair { peer.close() }
            #expect(try await eventually { server.events.failures.map(\.word) == ["overloaded", "disconnected"] })
            for _ in 0..<2 {
                let peer = try await TestPeer.connect(to: server, as: server.pki.hospital)
                peer.send(Self.get)
                #expect(try await peer.receives("200 OK"))
            }
        }
    }

    @Test("silent handshakes of one address leave places for others, and are turned away beyond an eighth of all")
    func silentAddress() async throws {
        let configuration = MutualTLSConfiguration(handshakeTimeout: .seconds(120), maximumHandshakes: 16)
        try await TestServer.run(configuration: configuration) { server in
            let peers = try await [
                TestPeer.connectInClear(to: server), TestPeer.connectInClear(to: server),
                TestPeer.connectInClear(to: server),
            ]
            #expect(try await eventually { server.events.failures.map(\.word) == ["overloaded"] })
            #expect(try await eventually { peers.count(where: \.isClosed) == 1 })
            for peer in peers { peer.close() }
            #expect(try await eventually { server.events.failures.count == 3 })
            let peer = try await TestPeer.connect(to: server, as: server.pki.hospital)
            peer.send(Self.get)
            #expect(try await peer.receives("200 OK"))
            peer.close()
        }
    }

    @Test("an address has so many open connections at most; one that closes makes room")
    func connectionsOfAddress() async throws {
        let configuration = MutualTLSConfiguration(handshakeTimeout: .seconds(120), maximumConnectionsPerAddress: 1)
        try await TestServer.run(configuration: configuration) { server in
            let first = try await TestPeer.connect(to: server, as: server.pki.hospital)
            first.send(Self.get)
            #expect(try await first.receives("200 OK"))
            let second = try await TestPeer.connectInClear(to: server)
            #expect(try await second.closes())
            #expect(server.events.failures.map(\.word) == ["overloaded"])
            first.close()
            // The server hears of the end a little later.
            var isTaken = false
            for _ in 0..<100 where !isTaken {
                let next = try await TestPeer.connect(to: server, as: server.pki.hospital)
                next.send(Self.get)
                for _ in 0..<500 where !isTaken && !next.isClosed {
                    try await Task.sleep(for: .milliseconds(10))
                    isTaken = next.received.contains("200 OK")
                }
                next.close()
            }
            #expect(isTaken)
        }
    }

    @Test("a resumed session is the same peer, checked again: revoked since, it gets nothing")
    func resumption() async throws {
        try await TestServer.run { server in
            for version in ["-tls1_3", "-tls1_2"] {
                let ticket = server.pki.folder.path + "/session\(version)"
                let identity = server.pki.underIntermediate
                let client = ["-CAfile", server.pki.authority.certificate, "-cert_chain", identity.chain]
                let connect = [version, "-connect", "127.0.0.1:\(server.port)", "-cert", identity.certificate]
                let arguments = connect + ["-key", identity.key] + client
                let first = try await SClient.output(arguments + ["-sess_out", ticket], sending: Self.get)
                #expect(first.contains("200 OK"))
                let second = try await SClient.output(arguments + ["-sess_in", ticket], sending: Self.get)
                #expect(second.contains("Reused"))
                #expect(second.contains("his.debrink.example"))
                #expect(server.events.admitted.last?.proof == .resumption)

                let before = server.events.admitted.count
                let current = server.holder.current
                let list = try server.pki.revocationList(
                    "resumed\(version)", of: server.pki.intermediate, revoking: [identity], days: 5)
                try server.holder.replace(
                    sources: TrustSources(anchors: [server.pki.authority.certificate], revocationLists: [list]))
                let third = try await SClient.output(arguments + ["-sess_in", ticket], sending: Self.get)
                #expect(!third.contains("200 OK"))
                #expect(server.events.admitted.count == before)
                #expect(try await eventually { server.events.failures.last?.word == "revoked" })
                server.holder.replace(with: current)
            }
        }
    }

    @Test("reloaded material serves new connections; material that does not fit leaves the old in force")
    func reload() async throws {
        try await TestServer.run { server in
            let before = try await TestPeer.connect(to: server, as: server.pki.careHome)
            before.send(Self.get)
            #expect(try await before.receives("200 OK"))
            try server.holder.reload()
            let after = try await TestPeer.connect(to: server, as: server.pki.careHome)
            after.send(Self.get)
            #expect(try await after.receives("200 OK"))
            before.send(Self.get)
            #expect(try await eventually { before.received.ranges(of: "200 OK").count == 2 })
        }
    }

    @Test("at a graceful stop idle connections close and a request in work is answered")
    func gracefulStop() async throws {
        let entered = AsyncStream.makeStream(of: Void.self)
        let release = AsyncStream.makeStream(of: Void.self)
        try await TestServer.run(
            responder: { request, writer, channel in
                entered.continuation.yield()
                for await _ in release.stream { break }
                try await TestServer.whoami(request, writer, channel)
            },
            { server in
                let idle = try await TestPeer.connect(to: server, as: server.pki.hospital)
                #expect(try await eventually { server.events.admitted.count == 1 })
                let busy = try await TestPeer.connect(to: server, as: server.pki.hospital)
                busy.send(Self.get)
                for await _ in entered.stream { break }
                await server.stop()
                #expect(try await idle.closes())
                #expect(!busy.isClosed)
                release.continuation.yield()
                #expect(try await busy.receives("xds.ziekenhuis.example"))
                #expect(try await busy.closes())
            })
    }
}

/// The `openssl s_client` tool, which can resume sessions.
private enum SClient {
    static func output(_ arguments: [String], sending text: String) async throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl", "s_client", "-servername", "localhost"] + arguments
        let input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
        // The ticket of TLS 1.3 comes after the handshake, and an end of input would end the client before it.
        try await Task.sleep(for: .milliseconds(700))
        try input.fileHandleForWriting.close()
        return await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                let data = output.fileHandleForReading.readDataToEndOfFile()
                process.waitUntilExit()
                continuation.resume(returning: String(decoding: data, as: UTF8.self))
            }
        }
    }
}
