import NIOCore
import NIOHTTP1
import Synchronization
import Trust

/// What the connections of one front door share.
final class MutualTLSState: Sendable {
    let configuration: MutualTLSConfiguration
    private let log: MutualTLSLog
    private let observe: @Sendable (MutualTLSEvent) -> Void
    private let connections = Atomic<UInt64>(0)
    private let handshakes = Atomic<Int>(0)
    private let handshakesOfAddress: AddressPlaces
    private let connectionsOfAddress: AddressPlaces
    /// Intermediates that peers sent in full handshakes, by the DER of their own certificate: a resumed session
    /// brings the peer's certificate alone. Bounded.
    private let intermediates = Mutex<[[UInt8]: [[UInt8]]]>([:])
    private static let maximumRememberedChains = 4_096

    init(
        configuration: MutualTLSConfiguration, log: MutualTLSLog, observe: @escaping @Sendable (MutualTLSEvent) -> Void
    ) {
        self.configuration = configuration
        self.log = log
        self.observe = observe
        handshakesOfAddress = AddressPlaces(limit: configuration.maximumHandshakesPerAddress)
        connectionsOfAddress = AddressPlaces(limit: configuration.maximumConnectionsPerAddress)
    }

    /// Counts a connection in, until it closes, and its handshake, until ``end(address:)``.
    /// - Throws: ``MutualTLSFailure/overloaded`` when too many handshakes are under way, or its address has too many
    ///   handshakes or connections.
    func begin(_ channel: any Channel) throws(MutualTLSFailure) -> UInt64 {
        let address = channel.remoteAddress
        let number = connections.add(1, ordering: .relaxed).newValue
        guard connectionsOfAddress.take(address) else { throw overload(address, connection: number) }
        channel.closeFuture.whenComplete { [connectionsOfAddress] _ in connectionsOfAddress.giveBack(address) }
        guard handshakesOfAddress.take(address) else { throw overload(address, connection: number) }
        guard handshakes.add(1, ordering: .relaxed).newValue <= configuration.maximumHandshakes else {
            end(address: address)
            throw overload(address, connection: number)
        }
        return number
    }

    private func overload(_ address: SocketAddress?, connection: UInt64) -> MutualTLSFailure {
        report(.overloaded, address: address, connection: connection)
        return .overloaded
    }

    /// A handshake came to its end, whichever.
    func end(address: SocketAddress?) {
        handshakes.subtract(1, ordering: .relaxed)
        handshakesOfAddress.giveBack(address)
    }

    func admitted(_ peer: PeerIdentity) { observe(.admitted(peer)) }

    func report(_ failure: MutualTLSFailure, address: SocketAddress?, connection: UInt64) {
        log.failed(failure, address: address, connection: connection)
        observe(.failed(failure, address: address?.peerText ?? "unknown", connection: connection))
    }

    func slow(_ violation: PeerPaceViolation, address: SocketAddress?) {
        log.slow(violation, address: address)
        observe(.slow(violation, address: address?.peerText ?? "unknown"))
    }

    /// Writes to the log what the parser found in a request.
    func unreadable(_ error: HTTPParserError, address: SocketAddress?) -> UnreadableRequest {
        let problem = UnreadableRequest(error, headerBytes: configuration.maximumHeaderBytes)
        log.unreadable(problem, address: address)
        return problem
    }

    /// Keeps what came with a certificate that was found good.
    /// - Returns: the intermediates, in memory that connections share which sent the same.
    func remember(chain: [[UInt8]]) -> [[UInt8]] {
        guard chain.count > 1, let leaf = chain.first else { return [] }
        return intermediates.withLock { known in
            if let same = known[leaf], same.elementsEqual(chain.dropFirst()) { return same }
            if known.count >= Self.maximumRememberedChains, known[leaf] == nil, let any = known.keys.first {
                known[any] = nil
            }
            let sent = Array(chain.dropFirst())
            known[leaf] = sent
            return sent
        }
    }

    /// The chain of a resumed session.
    func chain(of leaf: [UInt8]) -> [[UInt8]] {
        [leaf] + intermediates.withLock { $0[leaf] ?? [] }
    }
}
