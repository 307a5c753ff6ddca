import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import NIOTLS
import Synchronization
import Testing

@testable import Gateway

@Suite("Pace of a peer, in a pipeline")
struct PeerPaceHandlerTests {
    private let channel: EmbeddedChannel
    private let seen: Seen

    private final class Seen: Sendable {
        let violations = Mutex<[PeerPaceViolation]>([])
    }

    init() throws {
        let seen = Seen()
        self.seen = seen
        channel = EmbeddedChannel()
        let handler = PeerPaceHandler(
            configuration: PeerPaceConfiguration(headTimeout: .seconds(10), idleTimeout: .seconds(60))
        ) { violation, _ in
            seen.violations.withLock { $0.append(violation) }
        }
        try channel.pipeline.syncOperations.addHandler(handler)
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/peer")).wait()
        channel.pipeline.fireUserInboundEventTriggered(TLSUserEvent.handshakeCompleted(negotiatedProtocol: nil))
        channel.read()
    }

    private var request: HTTPRequestPart {
        .head(HTTPRequest(method: .post, scheme: "https", authority: "localhost", path: "/"))
    }

    @Test("a stalled body is answered 408, the connection closed, and what the application writes later is dropped")
    func stalledBody() throws {
        try channel.writeInbound(request)
        channel.read()
        channel.embeddedEventLoop.advanceTime(by: .seconds(19))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(2))
        #expect(!channel.isActive)
        guard case .head(let head)? = try channel.readOutbound(as: HTTPResponsePart.self) else {
            Issue.record("no answer")
            return
        }
        #expect(head.status == .requestTimeout)
        #expect(head.headerFields[.connection] == "close")
        #expect(seen.violations.withLock { $0 } == [.slowBody])
        let late = channel.writeAndFlush(HTTPResponsePart.head(HTTPResponse(status: .ok)))
        #expect(throws: (any Error).self) { try late.wait() }
    }

    @Test("an idle connection is closed after the idle time, not before, and not reported as slow")
    func idle() throws {
        try channel.writeInbound(request)
        try channel.writeInbound(HTTPRequestPart.end(nil))
        channel.read()
        channel.embeddedEventLoop.advanceTime(by: .hours(1))
        #expect(channel.isActive)
        try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .ok)))
        try channel.writeOutbound(HTTPResponsePart.end(nil))
        channel.embeddedEventLoop.advanceTime(by: .seconds(59))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(2))
        #expect(!channel.isActive)
        #expect(seen.violations.withLock { $0 }.isEmpty)
    }

    @Test("a second request gains the connection its full idle time again")
    func lazyTimer() throws {
        for _ in 0..<3 {
            try channel.writeInbound(request)
            try channel.writeInbound(HTTPRequestPart.end(nil))
            channel.read()
            try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .ok)))
            try channel.writeOutbound(HTTPResponsePart.end(nil))
            channel.embeddedEventLoop.advanceTime(by: .seconds(50))
            #expect(channel.isActive)
        }
        channel.embeddedEventLoop.advanceTime(by: .seconds(11))
        #expect(!channel.isActive)
    }
}

@Suite("Expect: RFC 9110, 10.1.1")
struct PeerExpectationHandlerTests {
    private let channel = EmbeddedChannel()

    init() throws {
        try channel.pipeline.syncOperations.addHandler(PeerExpectationHandler())
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/peer")).wait()
    }

    private func head(_ fields: HTTPFields) -> HTTPRequestPart {
        .head(HTTPRequest(method: .post, scheme: "https", authority: "localhost", path: "/", headerFields: fields))
    }

    private func status() throws -> HTTPResponse.Status? {
        guard case .head(let head)? = try channel.readOutbound(as: HTTPResponsePart.self) else { return nil }
        return head.status
    }

    @Test("100-continue is answered at once and the request goes on")
    func answersContinue() throws {
        try channel.writeInbound(head([.expect: "100-Continue", .contentLength: "5"]))
        #expect(try status() == .continue)
        #expect(try channel.readInbound(as: HTTPRequestPart.self) != nil)
    }

    @Test("without a body to come nothing is sent")
    func noBody() throws {
        try channel.writeInbound(head([.expect: "100-continue", .contentLength: "0"]))
        #expect(try status() == nil)
        #expect(try channel.readInbound(as: HTTPRequestPart.self) != nil)
    }

    @Test("any other expectation is refused with 417 and the request goes nowhere")
    func refusesOthers() throws {
        try channel.writeInbound(head([.expect: "200-maybe"]))
        #expect(try status() == .expectationFailed)
        #expect(try channel.readInbound(as: HTTPRequestPart.self) == nil)
        #expect(!channel.isActive)
    }

    @Test("100 does not cut into the answer to an earlier request")
    func waitsForEarlierAnswer() throws {
        try channel.writeInbound(head([:]))
        try channel.writeInbound(HTTPRequestPart.end(nil))
        try channel.writeInbound(head([.expect: "100-continue", .contentLength: "5"]))
        #expect(try status() == nil)
        try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .ok)))
        try channel.writeOutbound(HTTPResponsePart.end(nil))
        #expect(try status() == .ok)
        _ = try channel.readOutbound(as: HTTPResponsePart.self)
        #expect(try status() == .continue)
    }
}
