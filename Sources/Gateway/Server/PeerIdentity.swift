import NIOCore
import Synchronization
import Trust

/// Who is at the other end of a connection, as its TLS handshake verified it.
///
/// One object a connection; every request on the connection reads the same one through ``current``, which costs a
/// look at the task and a reference.
final class PeerIdentity: Sendable {
    /// The peer of the connection whose task tree this runs in; nil outside of one.
    @TaskLocal static var current: PeerIdentity?

    /// How the peer proved to hold the key of its certificate.
    enum Proof: String, Sendable {
        /// A full handshake on this connection.
        case handshake
        /// A session ticket from an earlier full handshake; the certificate was checked again.
        case resumption
    }

    /// The verified certificate.
    let certificate: Certificate
    /// `address:port` of the peer.
    let remoteAddress: String
    /// `TLS 1.2` or `TLS 1.3`.
    let tlsVersion: String
    /// Number of the connection since the daemon started, for the log.
    let connection: UInt64
    /// How the key was proven.
    let proof: Proof
    /// Whether the certificate is to be trusted still.
    let standing: PeerStanding
    private let hasLastAnswer = Atomic(false)

    init(
        certificate: Certificate, remoteAddress: String, tlsVersion: String, connection: UInt64, proof: Proof,
        standing: PeerStanding
    ) {
        self.certificate = certificate
        self.remoteAddress = remoteAddress
        self.tlsVersion = tlsVersion
        self.connection = connection
        self.proof = proof
        self.standing = standing
    }

    /// Whether an answer said that the connection ends: no request behind it is looked at (RFC 9112, 9.6).
    var connectionEnds: Bool { hasLastAnswer.load(ordering: .relaxed) }

    /// The answer that comes says so.
    func endConnection() { hasLastAnswer.store(true, ordering: .relaxed) }
}

extension SocketAddress {
    /// `address:port`, or the path of a local socket.
    var peerText: String {
        guard let address = ipAddress else { return pathname ?? "unknown" }
        return "\(address.contains(":") ? "[\(address)]" : address):\(port ?? 0)"
    }
}
