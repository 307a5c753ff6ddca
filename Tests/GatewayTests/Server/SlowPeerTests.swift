import Foundation
import HTTPTypes
import HummingbirdCore
import NIOCore
import Synchronization
import Testing
import XDSMetadata
import XDSTesting

@testable import Gateway
@testable import SOAPKit

@Suite("Slow and broken peers over real sockets", .serialized)
struct SlowPeerTests {
    private static func configuration(_ change: (inout PeerPaceConfiguration) -> Void) -> MutualTLSConfiguration {
        var configuration = MutualTLSConfiguration()
        // Not what is tested here, and a busy machine takes its time.
        configuration.handshakeTimeout = .seconds(120)
        configuration.pace = PeerPaceConfiguration(
            headTimeout: .seconds(20), idleTimeout: .seconds(20), bodyGrace: .seconds(20), bodyBytesPerSecond: 1_000,
            writeTimeout: .seconds(20))
        change(&configuration.pace)
        return configuration
    }

    @Test("a head of a byte at a time is answered 408 and closed")
    func slowHead() async throws {
        // The first byte has to come in that time too, from a test among many on a busy machine.
        try await TestServer.run(configuration: Self.configuration { $0.headTimeout = .seconds(3) }) { server in
            let peer = try await TestPeer.connect(to: server, as: server.pki.hospital)
            let head = "GET / HTTP/1.1\r\nHost: localhost\r\nX-Padding: " + String(repeating: "a", count: 1_000)
            for character in head where !peer.isClosed {
                peer.send(String(character))
                try await Task.sleep(for: .milliseconds(40))
            }
            #expect(try await peer.closes())
            #expect(peer.received.contains("HTTP/1.1 408"))
            #expect(server.events.slow == [.slowHead])
        }
    }

    @Test("a body of a few bytes at a time is answered 408, and its reader gets an error")
    func slowBody() async throws {
        let failed = Atomic<Bool>(false)
        try await TestServer.run(
            configuration: Self.configuration { $0.bodyGrace = .milliseconds(300) },
            responder: { request, _, _ in
                do {
                    for try await _ in request.body {}
                } catch {
                    failed.store(true, ordering: .relaxed)
                    throw error
                }
            },
            { server in
                let peer = try await TestPeer.connect(to: server, as: server.pki.hospital)
                peer.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n")
                for _ in 0..<50 where !peer.isClosed {
                    peer.send("x")
                    try await Task.sleep(for: .milliseconds(30))
                }
                #expect(try await peer.closes())
                #expect(peer.received.contains("HTTP/1.1 408"))
                #expect(server.events.slow == [.slowBody])
                #expect(try await eventually { failed.load(ordering: .relaxed) })
            })
    }

    @Test("a body at the pace goes through, however long it takes")
    func steadyBody() async throws {
        let configuration = Self.configuration {
            $0.bodyGrace = .milliseconds(300)
            $0.bodyBytesPerSecond = 1_000
        }
        try await TestServer.run(configuration: configuration) { server in
            let peer = try await TestPeer.connect(to: server, as: server.pki.hospital)
            peer.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 6000\r\n\r\n")
            for _ in 0..<20 {
                peer.send(String(repeating: "x", count: 300))
                try await Task.sleep(for: .milliseconds(60))
            }
            #expect(try await peer.receives("\n6000\n"))
            #expect(server.events.slow.isEmpty)
            peer.close()
        }
    }

    @Test("a large body that trickles is closed by whoever waits for it, whatever the pace of the channel thinks")
    func tricklingBody() async throws {
        let slow = Atomic<Int>(0)
        let stall = BodyStall(limit: .milliseconds(500), bytesPerSecond: 10_000) { violation, _ in
            if violation == .slowBody { slow.add(1, ordering: .relaxed) }
        }
        try await TestServer.run(
            configuration: Self.configuration { $0.bodyBytesPerSecond = 1 },
            responder: { request, writer, channel in
                let body = TrackedBody(request.body)
                let watch = stall.watch(body.progress, on: channel)
                defer { watch.cancel() }
                for try await _ in body {}
                try await TestServer.answer("read \(body.progress.bytesRead)\n", with: writer)
            },
            { server in
                let peer = try await TestPeer.connect(to: server, as: server.pki.hospital)
                peer.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n")
                peer.send(ByteBuffer(repeating: 0x78, count: 500_000))
                for _ in 0..<200 where !peer.isClosed {
                    peer.send("x")
                    try await Task.sleep(for: .milliseconds(50))
                }
                #expect(try await peer.closes())
                #expect(slow.load(ordering: .relaxed) == 1)
                #expect(!peer.received.contains("200 OK"))
            })
    }

    @Test("a short body that trickles is closed by the sweep, though the next byte always comes in time")
    func tricklingShortBody() async throws {
        let slow = Atomic<Int>(0)
        let sweep = BodySweep(
            stall: BodyStall(limit: .milliseconds(500), bytesPerSecond: 10_000) { violation, _ in
                if violation == .slowBody { slow.add(1, ordering: .relaxed) }
            })
        try await TestServer.run(
            configuration: Self.configuration { $0.bodyBytesPerSecond = 1 },
            responder: { request, writer, channel in
                let body = TrackedBody(request.body)
                sweep.begin(body.progress, on: channel)
                defer { sweep.end(body.progress) }
                for try await _ in body {}
                try await TestServer.answer("read \(body.progress.bytesRead)\n", with: writer)
            },
            { server in
                let peer = try await TestPeer.connect(to: server, as: server.pki.hospital)
                peer.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000\r\n\r\n")
                for number in 1...200 where !peer.isClosed {
                    peer.send("x")
                    try await Task.sleep(for: .milliseconds(50))
                    if number.isMultiple(of: 12) { sweep.sweep() }
                }
                #expect(try await peer.closes())
                #expect(slow.load(ordering: .relaxed) == 1)
                #expect(!peer.received.contains("200 OK"))
            })
    }

    @Test("back-pressure of ours is not held against the peer")
    func slowApplication() async throws {
        try await TestServer.run(
            configuration: Self.configuration { $0.bodyGrace = .milliseconds(200) },
            responder: { request, writer, _ in
                var bytes = 0
                var pauses = 0
                for try await chunk in request.body {
                    bytes += chunk.readableBytes
                    if pauses < 4 {
                        pauses += 1
                        try await Task.sleep(for: .milliseconds(300))
                    }
                }
                try await TestServer.answer("read \(bytes)\n", with: writer)
            },
            { server in
                let peer = try await TestPeer.connect(to: server, as: server.pki.hospital)
                peer.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4000000\r\n\r\n")
                peer.send(ByteBuffer(repeating: 0x78, count: 4_000_000))
                #expect(try await peer.receives("read 4000000"))
                #expect(server.events.slow.isEmpty)
                peer.close()
            })
    }

    @Test("a body that ends before its Content-Length gives its reader an error")
    func shortBody() async throws {
        let outcome = Mutex<String?>(nil)
        try await TestServer.run(
            responder: { request, _, _ in
                do {
                    for try await _ in request.body {}
                    outcome.withLock { $0 = "complete" }
                } catch {
                    outcome.withLock { $0 = "failed" }
                    throw error
                }
            },
            { server in
                let peer = try await TestPeer.connect(to: server, as: server.pki.hospital)
                peer.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nabc")
                try await Task.sleep(for: .milliseconds(100))
                peer.close()
                #expect(try await eventually { outcome.withLock { $0 } != nil })
                #expect(outcome.withLock { $0 } == "failed")
            })
    }

    @Test("a peer that stops reading its answer is closed, and the writer gets an error")
    func notReading() async throws {
        let failed = Atomic<Bool>(false)
        try await TestServer.run(
            configuration: Self.configuration { $0.writeTimeout = .milliseconds(400) },
            responder: { _, writer, _ in
                var body = try await writer.writeHead(HTTPResponse(status: .ok))
                do {
                    for _ in 0..<4_000 { try await body.write(ByteBuffer(repeating: 0, count: 65_536)) }
                    try await body.finish(nil)
                } catch {
                    failed.store(true, ordering: .relaxed)
                    throw error
                }
            },
            { server in
                let peer = try await TestPeer.connect(to: server, as: server.pki.hospital, reading: .never)
                #expect(try await eventually { server.events.admitted.count == 1 })
                try await peer.stopReading()
                peer.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                #expect(try await eventually { server.events.slow == [.notReading] })
                #expect(try await eventually { failed.load(ordering: .relaxed) })
                peer.close()
            })
    }

    @Test("a peer that asks on and on and takes no answer has few of them made, and is closed")
    func asksOnAndOn() async throws {
        let answered = Atomic<Int>(0)
        try await TestServer.run(
            configuration: Self.configuration { $0.writeTimeout = .seconds(2) },
            responder: { _, writer, channel in
                // What leaves at once, from the event loop, and is bounded all the same.
                #expect(channel.eventLoop.inEventLoop)
                answered.add(1, ordering: .relaxed)
                try await Self.answer(ByteBuffer(repeating: 0x78, count: 200_000))
                    .write(to: writer, on: channel, method: .post, requestID: "1", closes: false)
            },
            { server in
                let peer = try await TestPeer.connect(to: server, as: server.pki.hospital, reading: .never)
                #expect(try await eventually { server.events.admitted.count == 1 })
                try await peer.stopReading()
                peer.send(String(repeating: "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", count: 1_000))
                #expect(try await eventually { server.events.slow == [.notReading] })
                // 200 kB each: what the system takes for the peer, and one or two more.
                #expect((1..<100).contains(answered.load(ordering: .relaxed)))
                peer.close()
            })
    }

    /// An answer with these bytes.
    private static func answer(_ bytes: ByteBuffer) -> Gateway.Answer {
        let message = SOAPOutgoingMessage(
            contentType: SOAPOutgoingMessage.simpleContentType, segments: [.bytes(bytes)])
        let outcome = SOAPOutcome(result: .reply(outcome: "Success"), bytesRead: 0, isBodyConsumed: true)
        let caller = Caller(
            requestID: "1", organisation: "a", mayCall: { _ in true }, maySubmitAs: { _ in true },
            mayChange: { _ in true })
        return .soap(SOAPResponse(status: 200, outcome: outcome, message: message), caller)
    }

    @Test(
        "answers of every length, asked for at once, come whole and in order, and the last before the connection ends")
    func pipelined() async throws {
        let lengths = [10, 300_000, 1_000, 100_000, 250_000, 1, 262_144, 262_145, 50]
        let next = Atomic<Int>(0)
        try await TestServer.run(
            configuration: Self.configuration { _ in },
            responder: { _, writer, channel in
                let number = next.add(1, ordering: .relaxed).oldValue
                let letter = UInt8(ascii: "a") + UInt8(number % 26)
                try await Self.answer(ByteBuffer(repeating: letter, count: lengths[number % lengths.count]))
                    .write(to: writer, on: channel, method: .post, requestID: "1", closes: false)
            },
            { server in
                let peer = try await TestPeer.connect(to: server, as: server.pki.hospital)
                let count = lengths.count * 6
                let request = "GET / HTTP/1.1\r\nHost: localhost\r\n"
                peer.send(String(repeating: request + "\r\n", count: count - 1) + request + "Connection: close\r\n\r\n")
                #expect(try await peer.closes())
                let bodies = (0..<count).map { number in
                    String(
                        repeating: Character(UnicodeScalar(UInt8(ascii: "a") + UInt8(number % 26))),
                        count: lengths[number % lengths.count])
                }
                let received = peer.received.components(separatedBy: "\r\n\r\n")
                    .map { $0.components(separatedBy: "HTTP/1.1 200 OK")[0] }
                #expect(Array(received.dropFirst()) == bodies)
            })
    }

    @Test("a request that was cancelled is not answered")
    func cancelled() async throws {
        let failed = Atomic<Bool>(false)
        try await TestServer.run(
            configuration: Self.configuration { _ in },
            responder: { _, writer, channel in
                withUnsafeCurrentTask { $0?.cancel() }
                do {
                    try await Self.answer(ByteBuffer(string: "secret"))
                        .write(to: writer, on: channel, method: .post, requestID: "1", closes: false)
                } catch {
                    failed.store(true, ordering: .relaxed)
                    throw error
                }
            },
            { server in
                let peer = try await TestPeer.connect(to: server, as: server.pki.hospital)
                peer.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                #expect(try await eventually { failed.load(ordering: .relaxed) })
                peer.close()
                #expect(try await peer.closes())
                #expect(peer.received.isEmpty)
            })
    }

    @Test(
        "a peer whose bytes are no HTTP, or whose headers are too long, is told so, and closed although it stays",
        arguments: [
            ("Content-Length: -5", "400 Bad Request", "cannot be read as HTTP/1.1: "),
            (
                "X-Token: " + String(repeating: "a", count: 70_000), "431 Request Header Fields Too Large",
                "are more than 65536 bytes or 1000 fields; send fewer"
            ),
            (
                String(repeating: "X: a\r\n", count: 1_001) + "X: b", "431 Request Header Fields Too Large",
                "are more than 65536 bytes or 1000 fields; send fewer"
            ),
        ])
    func noHTTP(header: String, status: String, words: String) async throws {
        try await TestServer.run(configuration: Self.configuration { _ in }) { server in
            let peer = try await TestPeer.connect(to: server, as: server.pki.hospital)
            // The answer to an earlier request stays as it is.
            peer.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(try await peer.receives("200 OK"))
            peer.send("POST / HTTP/1.1\r\nHost: localhost\r\n\(header)\r\n\r\n")
            #expect(try await peer.receives("HTTP/1.1 \(status)\r\n"))
            #expect(try await peer.receives(words))
            #expect(try await peer.closes())
        }
    }

    @Test("a connection that stays idle is closed quietly")
    func idle() async throws {
        try await TestServer.run(configuration: Self.configuration { $0.idleTimeout = .milliseconds(300) }) { server in
            let peer = try await TestPeer.connect(to: server, as: server.pki.hospital)
            peer.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(try await peer.receives("200 OK"))
            #expect(try await peer.closes())
            #expect(server.events.slow.isEmpty)
            #expect(!peer.received.contains("HTTP/1.1 408"))
        }
    }

    @Test("Expect: 100-continue is answered before the body is sent")
    func expectContinue() async throws {
        try await TestServer.run { server in
            let peer = try await TestPeer.connect(to: server, as: server.pki.hospital)
            peer.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
            #expect(try await peer.receives("HTTP/1.1 100 Continue\r\n\r\n"))
            #expect(!peer.received.contains("200"))
            peer.send("hello")
            #expect(try await peer.receives("\n5\n"))
            #expect(peer.received.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"))
            peer.close()
        }
    }
}
