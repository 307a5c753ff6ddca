import ServiceLifecycle
import Synchronization

/// Collects the ports as their servers come up, and tells them to who waits for all.
final class ReadyAddresses: Sendable {
    private struct State {
        var frontDoor: Int?
        var operations: Int?
        var mllp: Int?
    }

    private let awaitsMLLP: Bool

    private let state = Mutex(State())
    private let addresses = AsyncStream.makeStream(of: GatewayDaemon.Addresses.self)

    func frontDoor(port: Int) { update { $0.frontDoor = port } }
    func operations(port: Int) { update { $0.operations = port } }
    func mllp(port: Int) { update { $0.mllp = port } }

    /// - Parameter awaitsMLLP: whether there is an MLLP server.
    init(awaitsMLLP: Bool) {
        self.awaitsMLLP = awaitsMLLP
    }

    /// Waits until all servers listen.
    /// - Throws: `CancellationError` when the daemon stops before.
    func all() async throws -> GatewayDaemon.Addresses {
        for await addresses in addresses.stream { return addresses }
        throw CancellationError()
    }

    private func update(_ change: (inout State) -> Void) {
        let ready = state.withLock { state -> GatewayDaemon.Addresses? in
            change(&state)
            guard let frontDoor = state.frontDoor, let operations = state.operations,
                state.mllp != nil || !awaitsMLLP
            else { return nil }
            return .init(frontDoor: frontDoor, operations: operations, mllp: state.mllp)
        }
        if let ready { addresses.continuation.yield(ready) }
    }
}

/// Somebody who uses the daemon from inside its process: the demo's walkthrough.
struct Visitor: Service {
    let ready: ReadyAddresses
    let visit: @Sendable (GatewayDaemon.Addresses) async throws -> Void

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                try await visit(try await ready.all())
            }
        } catch is CancellationError {
            // The daemon is stopping; the visit ends with it.
        }
    }
}
