import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

extension ServerChildChannel {
    /// Serves this channel on a free port of 127.0.0.1 while `body` uses it, and stops in good order also when it fails.
    func serve(_ body: (_ port: Int, _ group: ServiceGroup) async throws -> Void) async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let ports = AsyncStream.makeStream(of: Int.self)
        let server = server(
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { ports.continuation.yield($0.localAddress?.port ?? 0) },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
        let group = ServiceGroup(services: [server], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            for await port in ports.stream {
                do {
                    try await body(port, group)
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
}
