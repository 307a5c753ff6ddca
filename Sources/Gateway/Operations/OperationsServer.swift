import Hummingbird
import Logging
import NIOCore
import NIOPosix
import PostgresKit
import XDSRepository

/// Health and metrics on a port of their own, for machines inside: no TLS, no client certificate, loopback by default.
struct OperationsServer: Sendable {
    let metrics: MetricsRegistry
    let health: Health
    let logger: Logger

    /// The server as a service.
    func application(
        host: String, port: Int, eventLoopGroup: any EventLoopGroup,
        onServerRunning: @escaping @Sendable (any Channel) async -> Void
    ) -> some ApplicationProtocol {
        let router = Router()
        router.get("/health/live") { _, _ in "live\n" }
        router.get("/health/ready") { _, _ in
            let problems = await health.problems()
            return Response(
                status: problems.isEmpty ? .ok : .serviceUnavailable,
                headers: [.contentType: "text/plain; charset=utf-8"],
                body: .init(
                    byteBuffer: ByteBuffer(
                        string: problems.isEmpty ? "ready\n" : problems.joined(separator: "\n") + "\n")))
        }
        router.get("/metrics") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: .init(byteBuffer: ByteBuffer(string: await metrics.exposition())))
        }
        return Application(
            router: router, configuration: .init(address: .hostname(host, port: port), serverName: nil),
            onServerRunning: onServerRunning, eventLoopGroupProvider: .shared(eventLoopGroup), logger: logger)
    }
}

/// Whether the daemon can do its work now: answer from the database and accept a document into the store.
struct Health: Sendable {
    let client: PostgresClient
    let store: FileBlobStore
    let serving: Serving

    /// What is wrong, in words for an operator; empty when ready.
    func problems() async -> [String] {
        var problems: [String] = []
        switch serving.phase {
        case .starting: problems.append("front door: does not listen yet")
        case .serving: break
        case .stopping: problems.append("front door: the daemon is stopping")
        }
        do {
            _ = try await client.query("select 1", timeout: .seconds(2))
        } catch {
            problems.append("database: \(error)")
        }
        do {
            try await store.probe()
        } catch {
            problems.append("document store: \(error)")
        }
        return problems
    }
}
