/// What happens to connections at the front door, for log and metrics. No case carries patient data.
enum MutualTLSEvent: Sendable {
    /// A peer was verified.
    case admitted(PeerIdentity)
    /// A handshake failed, or was ended.
    case failed(MutualTLSFailure, address: String, connection: UInt64)
    /// A verified peer was too slow, and its connection is closed.
    case slow(PeerPaceViolation, address: String)
}
