/// What a certificate is to be used for.
public enum TrustPurpose: Sendable, CaseIterable {
    /// A TLS client: a partner that connects to us.
    case client
    /// A TLS server: a system we connect to, or this one.
    case server
}
