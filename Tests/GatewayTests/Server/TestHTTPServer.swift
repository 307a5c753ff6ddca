import HTTPTypes
import HummingbirdCore
import NIOCore

/// A plain HTTP server on a free port of 127.0.0.1 that answers what a test wants, right or wrong.
enum TestHTTPServer {
    /// Answers a request with a status and a body.
    typealias Answer = @Sendable (_ path: String, _ body: [UInt8]) async throws -> (status: Int, body: [UInt8])

    /// Runs a server while `body` uses it. The body gets `http://127.0.0.1:PORT`.
    static func run(answer: @escaping Answer, _ body: @Sendable (String) async throws -> Void) async throws {
        let channel = HTTP1Channel(responder: { request, writer, _ in
            var received = ByteBuffer()
            for try await var chunk in request.body { received.writeBuffer(&chunk) }
            let (status, bytes) = try await answer(request.uri.path, Array(received.readableBytesView))
            try await respond(status, bytes, with: writer)
        })
        try await channel.serve { port, _ in try await body("http://127.0.0.1:\(port)") }
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
