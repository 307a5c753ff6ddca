import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOSSL

/// A partner's HTTP client with a client certificate, as any SOAP stack has one.
struct DemoClient: Sendable {
    /// What came back.
    struct Answer: Sendable {
        let status: Int
        let contentType: String
        /// `X-Request-Id`, under which log and audit trail know the request.
        let requestID: String?
        let body: ByteBuffer

        /// The body as text, for looking at XML.
        var text: String { String(buffer: body) }
    }

    /// The largest answer the demo asks for is its four documents together.
    private static let answerBytes = 64 * 1024 * 1024

    private let client: HTTPClient
    private let address: String

    /// A client that shows `certificate` and trusts the demo's authority.
    init(pki: String, certificate: String, address: String) throws {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .file(pki + "/ca.pem")
        tls.certificateChain = try NIOSSLCertificate.fromPEMFile("\(pki)/\(certificate).pem").map { .certificate($0) }
        tls.privateKey = .privateKey(try NIOSSLPrivateKey(file: "\(pki)/\(certificate).key", format: .pem))
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.httpVersion = .http1Only
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        self.address = address
    }

    /// Runs `body` with a client and closes its connections.
    static func with<R>(
        pki: String, certificate: String, address: String, _ body: (DemoClient) async throws -> R
    ) async throws -> R {
        let client = try DemoClient(pki: pki, certificate: certificate, address: address)
        do {
            let result = try await body(client)
            try await client.client.shutdown()
            return result
        } catch {
            try await client.client.shutdown()
            throw error
        }
    }

    /// A request in plain SOAP.
    func post(_ path: String, soap envelope: String) async throws -> Answer {
        var request = HTTPClientRequest(url: address + path)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/soap+xml; charset=UTF-8")
        request.body = .bytes(ByteBuffer(string: envelope))
        return try await send(request)
    }

    /// A request as a MIME package, streamed.
    func post(_ path: String, package: DemoMessages.Package) async throws -> Answer {
        var request = HTTPClientRequest(url: address + path)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: package.contentType)
        let length = package.body.reduce(0) { $0 + $1.readableBytes }
        request.body = .stream(AsyncStream(chunks: package.body), length: .known(Int64(length)))
        return try await send(request)
    }

    private func send(_ request: HTTPClientRequest) async throws -> Answer {
        let response = try await client.execute(request, timeout: .seconds(60))
        return Answer(
            status: Int(response.status.code), contentType: response.headers.first(name: "content-type") ?? "",
            requestID: response.headers.first(name: "x-request-id"),
            body: try await response.body.collect(upTo: Self.answerBytes))
    }
}

extension AsyncStream where Element == ByteBuffer {
    /// The buffers in pieces of 256 KiB, so that nothing is copied as a whole.
    fileprivate init(chunks: [ByteBuffer]) {
        self.init { continuation in
            for var buffer in chunks {
                while let piece = buffer.readSlice(length: Swift.min(buffer.readableBytes, 256 * 1024)),
                    piece.readableBytes > 0
                {
                    continuation.yield(piece)
                }
            }
            continuation.finish()
        }
    }
}
