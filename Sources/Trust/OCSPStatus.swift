public import FoundationEssentials

/// What a responder says about a certificate.
///
/// - Source: RFC 6960, section 2.2.
public enum OCSPStatus: Sendable, Hashable {
    /// Not revoked. May be believed until then.
    case good(until: Date)
    /// Revoked.
    case revoked(at: Date?, reason: String?, until: Date)
    /// Nothing may be concluded; why, in words that follow "the responder".
    case unanswered(String)
}

/// Whether the status of a certificate is asked by OCSP.
public enum OCSPPolicy: String, Sendable, CaseIterable {
    /// It is not; revocation lists decide.
    case off
    /// It is; without an answer revocation lists decide.
    case prefer
    /// It is; without an answer the certificate is refused.
    case require
}
