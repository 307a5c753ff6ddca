import NIOCore
import NIOPosix

/// Limits of the handshakes at the front door.
struct MutualTLSConfiguration: Sendable {
    /// From the accepted connection to the end of its handshake.
    var handshakeTimeout: TimeAmount = .seconds(10)
    /// Handshakes under way at most; a connection beyond is closed at once.
    var maximumHandshakes = 1_000
    /// Open connections of one address at most. Many hosts may stand behind one address.
    var maximumConnectionsPerAddress = 2_000
    /// Bytes of one request's header fields at most.
    var maximumHeaderBytes = 64 * 1024
    /// How fast a peer must be.
    var pace = PeerPaceConfiguration()
    /// How certificates are checked.
    var check = PeerCheck(ocsp: nil, threadPool: .singleton)

    /// Handshakes under way of one address at most: eight silent ones are needed to keep everybody else out.
    var maximumHandshakesPerAddress: Int { max(1, maximumHandshakes / 8) }
}
