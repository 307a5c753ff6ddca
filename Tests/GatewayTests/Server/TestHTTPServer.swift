import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// A plain HTTP server on a free port of 127.0.0.1 that answers what a test wants, right or wrong.
enum TestHTTPServer {
    /// Answers a request with a status and a body.
    typealias Answer = @Sendable (_ path: String, _ body: [UInt8]) async throws -> (status: Int, body: [UInt8])

    /// Runs a server while `body` uses it. The body gets `http://127.0.0.1:PORT`.
    static func run(answer: @escaping Answer, _ body: @Sendable (String) async throws -> Void) async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let channel = HTTP1Channel(responder: { request, writer, _ in
            var received = ByteBuffer()
            for try await var chunk in request.body { received.writeBuffer(&chunk) }
            let (status, bytes) = try await answer(request.uri.path, Array(received.readableBytesView))
            try await respond(status, bytes, with: writer)
        })
        let ports = AsyncStream.makeStream(of: Int.self)
        let server = channel.server(
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { ports.continuation.yield($0.localAddress?.port ?? 0) },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
        let group = ServiceGroup(services: [server], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            for await port in ports.stream {
                do {
                    try await body("http://127.0.0.1:\(port)")
                } catch {
                    await group.triggerGracefulShutdown()
                    throw error
                }
                break
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    @concurrent
    private static func respond(_ status: Int, _ bytes: [UInt8], with writer: consuming ResponseWriter) async throws {
        var body = try await writer.writeHead(
            HTTPResponse(
                status: .init(code: status), headerFields: [.contentLength: "\(bytes.count)", .connection: "close"]))
        try await body.write(ByteBuffer(bytes: bytes))
        try await body.finish(nil)
    }
}
