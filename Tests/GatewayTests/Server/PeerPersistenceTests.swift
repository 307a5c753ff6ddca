import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing
import XDSTesting

@testable import Gateway

@Suite("Connections end and go on as HTTP/1.0 and 1.1 say", .serialized)
struct PeerPersistenceTests {
    private static let get = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
    private static let last = [
        "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: TE, Close\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: TLS/1.2\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "GET / HTTP/1.0\r\nConnection: Keep-Alive, close\r\n\r\n",
    ]

    @Test("after a last request the connection ends, and its answer says so", arguments: last)
    func ends(request: String) async throws {
        try await TestServer.run { server in
            let peer = try await TestPeer.connect(to: server, as: server.pki.hospital)
            peer.send(request)
            #expect(try await peer.closes())
            #expect(peer.received.lowercased().contains("\r\nconnection: close\r\n"))
            #expect(peer.received.ranges(of: "HTTP/1.1 ").count == 1)
        }
    }

    @Test(
        "a request behind a last one is not worked on, and holds up no stop where the peer does not close",
        .timeLimit(.minutes(1)), arguments: last.suffix(2))
    func nothingBehind(request: String) async throws {
        try await TestServer.run { server in
            let peer = try await TestPeer.connect(to: server, as: server.pki.hospital, leaving: .never)
            peer.send(request + Self.get)
            #expect(try await peer.receives("200 OK"))
            try await Task.sleep(for: .milliseconds(200))
            #expect(peer.received.ranges(of: "HTTP/1.1 ").count == 1)
        }
    }

    @Test("what stands behind a last request is no reason to leave that without an answer", arguments: last.suffix(2))
    func noise(request: String) async throws {
        let answer: HTTPChannelHandler.Responder = { _, writer, _ in
            try await Task.sleep(for: .seconds(4))
            try await TestServer.answer("done", with: writer)
        }
        try await TestServer.run(responder: answer) { server in
            let peer = try await TestPeer.connect(to: server, as: server.pki.hospital)
            peer.send(request + "no request\r\n\r\n")
            #expect(try await peer.receives("done"))
            #expect(peer.received.ranges(of: "HTTP/1.1 ").count == 1)
        }
    }

    @Test(
        "a last request that is refused early is taken all the same until the connection is closed, so that the answer is seen",
        .timeLimit(.minutes(2)), arguments: [(TestPeer.Sending.atOnce, 50_000_000), (.inPieces, 25_000_000)])
    func refusedEarly(sending: TestPeer.Sending, length: Int) async throws {
        // By then more has come than is kept for who does not read, and the rest is more than the sockets hold.
        let refuse: HTTPChannelHandler.Responder = { _, writer, channel in
            try await Task.sleep(for: .milliseconds(500))
            try await TestServer.answer("refused", with: writer)
            channel.eventLoop.scheduleTask(in: .seconds(50)) { channel.close(promise: nil) }
        }
        try await TestServer.run(responder: refuse) { server in
            let peer = try await TestPeer.connect(
                to: server, as: server.pki.hospital, sending: sending, leaving: .never)
            peer.send("POST / HTTP/1.0\r\nContent-Length: \(length)\r\n\r\n")
            let start = ContinuousClock.now
            try await peer.sendAll(ByteBuffer(repeating: 0x20, count: length))
            #expect(start.duration(to: .now) < .seconds(40), "it was taken before the connection was closed")
            #expect(peer.received.contains("refused"))
            peer.close()
        }
    }

    @Test("a peer that speaks HTTP/1.0 and asks to keep the connection is told that it may, and may expect nothing")
    func goesOn() async throws {
        try await TestServer.run { server in
            let peer = try await TestPeer.connect(to: server, as: server.pki.hospital)
            let old = "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n"
            peer.send(old + "\r\n")
            #expect(try await peer.receives("200 OK"))
            peer.send(old + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\nab" + Self.get)
            #expect(try await eventually { peer.received.ranges(of: "200 OK").count == 3 })
            #expect(peer.received.lowercased().ranges(of: "\r\nconnection: keep-alive\r\n").count == 2)
            #expect(!peer.received.contains("100 Continue"))
            #expect(!peer.isClosed)
            peer.close()
        }
    }

    @Test("answers to requests that came together say what theirs asked for; 100 (Continue) says nothing")
    func order() throws {
        let channel = EmbeddedChannel(handler: PeerPersistenceHandler())
        let requests: [(HTTPVersion, HTTPHeaders)] = [
            (.http1_1, [:]), (.http1_0, ["Connection": "keep-alive"]), (.http1_1, [:]),
            (.http1_1, ["Connection": "close"]),
        ]
        for (version, headers) in requests {
            let head = HTTPRequestHead(version: version, method: .POST, uri: "/", headers: headers)
            try channel.writeInbound(HTTPServerRequestPart.head(head))
            try channel.writeInbound(HTTPServerRequestPart.end(nil))
        }
        var said: [String] = []
        for status in [HTTPResponseStatus.continue, .ok, .ok, .badRequest, .ok] {
            let head = HTTPResponseHead(version: .http1_1, status: status)
            try channel.writeOutbound(HTTPServerResponsePart.head(head))
            try channel.writeOutbound(HTTPServerResponsePart.end(nil))
            guard case .head(let written)? = try channel.readOutbound(as: HTTPServerResponsePart.self) else { break }
            said.append(written.headers.first(name: "Connection") ?? "-")
            _ = try channel.readOutbound(as: HTTPServerResponsePart.self)
        }
        #expect(said == ["-", "-", "keep-alive", "-", "close"])
        _ = try channel.finish()
    }
}
