import NIOCore

/// How fast a peer must be. Time in which *we* take nothing from the peer is never held against it.
struct PeerPaceConfiguration: Sendable, Hashable {
    /// For the head of a request, from its first byte; for the first one from the end of the handshake.
    var headTimeout: TimeAmount = .seconds(15)
    /// Between requests on an open connection.
    var idleTimeout: TimeAmount = .seconds(90)
    /// How long a body may stall, and how far it may fall behind ``bodyBytesPerSecond``.
    var bodyGrace: TimeAmount = .seconds(20)
    /// The slowest pace of a body.
    var bodyBytesPerSecond = 2_048
    /// How long a peer may take no byte of an answer that waits for it.
    var writeTimeout: TimeAmount = .seconds(30)
}
