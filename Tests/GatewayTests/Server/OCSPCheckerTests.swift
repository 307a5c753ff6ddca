import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import Testing
import Trust
import XDSTesting

@testable import Gateway

@Suite("OCSP in the handshake: good, revoked, slow, down, lying", .serialized)
struct OCSPCheckerTests {
    private static let get = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"

    /// A front door that asks `responder`, with the words for its failures.
    private static func server(
        _ policy: OCSPPolicy, _ responder: String?, limit: TimeAmount = .seconds(10),
        _ body: @Sendable (TestServer) async throws -> Void
    ) async throws {
        var configuration = MutualTLSConfiguration()
        configuration.handshakeTimeout = .seconds(30)
        configuration.check = PeerCheck(
            ocsp: OCSPChecker(policy: policy, responder: responder, timeLimit: limit), threadPool: .singleton)
        try await TestServer.run(configuration: configuration, body)
    }

    /// Connects, asks, and expects to be served or not.
    private static func expect(
        _ isServed: Bool, _ server: TestServer, as identity: TestPKI.Identity
    ) async throws {
        let peer = try await TestPeer.connect(to: server, as: identity)
        peer.send(get)
        let failures = server.events.failures.count
        _ = try await eventually { peer.received.contains("200 OK") || server.events.failures.count > failures }
        #expect(peer.received.contains("200 OK") == isServed)
        peer.close()
    }

    @Test("a good answer admits, and is remembered: the responder is asked once")
    func good() async throws {
        let pki = try TestPKI.shared()
        let asked = Atomic<Int>(0)
        try await TestHTTPServer.run(answer: { _, request in
            asked.add(1, ordering: .relaxed)
            return (200, try pki.ocspResponse(to: request, about: pki.hospital, .good))
        }) { address in
            try await Self.server(.require, address) { server in
                for _ in 0..<3 { try await Self.expect(true, server, as: pki.hospital) }
            }
        }
        #expect(asked.load(ordering: .relaxed) == 1)
    }

    @Test("a revoked certificate is refused though no list has it")
    func revoked() async throws {
        let pki = try TestPKI.shared()
        try await TestHTTPServer.run(answer: { _, request in
            (200, try pki.ocspResponse(to: request, about: pki.careHome, .revoked))
        }) { address in
            try await Self.server(.prefer, address) { server in
                // Twice: what the lists find good is not remembered before the responder has spoken.
                for _ in 0..<2 { try await Self.expect(false, server, as: pki.careHome) }
                #expect(server.events.failures.map(\.word) == ["revoked", "revoked"])
            }
        }
    }

    @Test("a lying responder proves nothing: lists decide, or the certificate is refused where an answer is needed")
    func lying() async throws {
        let pki = try TestPKI.shared()
        try await TestHTTPServer.run(answer: { _, request in
            (200, try pki.ocspResponse(to: request, about: pki.hospital, .good, signer: pki.strangerAuthority))
        }) { address in
            try await Self.server(.prefer, address) { try await Self.expect(true, $0, as: pki.hospital) }
            try await Self.server(.require, address) { server in
                try await Self.expect(false, server, as: pki.hospital)
                #expect(server.events.failures.first?.word == "status-unanswered")
                #expect(server.events.failures.first?.sentence.contains("signed") == true)
            }
        }
    }

    @Test("a slow responder costs its time limit once, and is then left alone")
    func slow() async throws {
        let pki = try TestPKI.shared()
        let asked = Atomic<Int>(0)
        try await TestHTTPServer.run(answer: { _, _ in
            asked.add(1, ordering: .relaxed)
            try await Task.sleep(for: .seconds(4))
            return (503, [])
        }) { address in
            try await Self.server(.prefer, address, limit: .milliseconds(300)) { server in
                try await Self.expect(true, server, as: pki.hospital)
                try await Self.expect(true, server, as: pki.careHome)
            }
        }
        #expect(asked.load(ordering: .relaxed) == 1)
    }

    @Test("a responder that is down, answers nonsense, or is not named", arguments: [OCSPPolicy.prefer, .require])
    func down(policy: OCSPPolicy) async throws {
        let pki = try TestPKI.shared()
        let port = try FreePort.take()
        let isServed = policy == .prefer
        for responder in ["http://127.0.0.1:\(port)", "not an address", nil] {
            try await Self.server(policy, responder, limit: .milliseconds(500)) { server in
                try await Self.expect(isServed, server, as: pki.hospital)
            }
        }
        try await TestHTTPServer.run(answer: { _, _ in (200, Array("<html>hello</html>".utf8)) }) { address in
            try await Self.server(policy, address) { server in
                try await Self.expect(isServed, server, as: pki.hospital)
            }
        }
    }

    @Test("the responder that the certificate names is asked when none is configured")
    func named() async throws {
        let pki = try TestPKI.shared()
        let holder = Mutex<TestPKI.Identity?>(nil)
        try await TestHTTPServer.run(answer: { path, request in
            guard path == "/ocsp", let identity = holder.withLock({ $0 }) else { return (404, []) }
            return (200, try pki.ocspResponse(to: request, about: identity, .revoked))
        }) { address in
            var request = TestPKI.Request(subject: "/CN=ocsp-named")
            request.extensions = ["authorityInfoAccess=OCSP;URI:\(address)/ocsp"]
            let identity = try pki.issue("ocsp-named", request)
            holder.withLock { $0 = identity }
            try await Self.server(.prefer, nil) { server in
                try await Self.expect(false, server, as: identity)
                #expect(server.events.failures.first?.word == "revoked")
            }
        }
    }

    @Test("answers are remembered until their end, silence for a while, and neither without bound")
    func memory() {
        let now = Date()
        var memory = OCSPMemory()
        memory.remember(.good(until: now + 60), of: [1], from: "a", at: now)
        #expect(memory.status(of: [1], from: "a", at: now + 59) == .good(until: now + 60))
        #expect(memory.status(of: [1], from: "a", at: now + 60) == nil)
        memory.remember(.unanswered("x"), of: [2], from: "a", at: now)
        #expect(memory.status(of: [3], from: "a", at: now + OCSPMemory.pause - 1) == .unanswered("x"))
        #expect(memory.status(of: [3], from: "b", at: now) == nil)
        #expect(memory.status(of: [1], from: "a", at: now) == .good(until: now + 60), "what is known stays known")
        #expect(memory.status(of: [3], from: "a", at: now + OCSPMemory.pause) == nil)
        #expect(memory.status(of: [4], from: "a", at: now + OCSPMemory.pause) == .unanswered("x"), "one asks for all")
        for number in 0..<(OCSPMemory.maximumAnswers + 10) {
            memory.remember(.good(until: now + 60), of: [UInt8(number & 255), UInt8(number >> 8)], from: "a", at: now)
        }
        let kept = (0..<(OCSPMemory.maximumAnswers + 10)).filter { number in
            memory.status(of: [UInt8(number & 255), UInt8(number >> 8)], from: "b", at: now) != nil
        }
        #expect(kept.count <= OCSPMemory.maximumAnswers)
    }
}
