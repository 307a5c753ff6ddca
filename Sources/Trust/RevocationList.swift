import COpenSSL
public import FoundationEssentials

/// The facts of one certificate revocation list.
///
/// - Source: RFC 5280, section 5.
public struct RevocationList: Sendable, Hashable {
    /// Bytes of one file at most.
    public static let maximumFileBytes = 128 * 1024 * 1024

    /// The authority that issued it, RFC 4514 text.
    public let issuer: String
    /// When it was issued.
    public let thisUpdate: Date
    /// When the next one was promised; nil when the list promises none and never grows stale.
    public let nextUpdate: Date?
    /// How many certificates are on it.
    public let count: Int
    /// The file it came from.
    public let file: String

    init(_ handle: RevocationListHandle, file: String) throws(TrustError) {
        // The pointer does not keep its owner alive.
        defer { withExtendedLifetime(handle) {} }
        guard let thisUpdate = OpenSSLText.date(X509_CRL_get0_lastUpdate(handle.pointer)) else {
            throw TrustError(.malformed, "the date of a revocation list cannot be read", file: file)
        }
        issuer = try OpenSSLText.name(X509_CRL_get_issuer(handle.pointer))
        self.thisUpdate = thisUpdate
        nextUpdate = OpenSSLText.date(X509_CRL_get0_nextUpdate(handle.pointer))
        count = Int(copenssl_revoked_count(handle.pointer))
        self.file = file
    }

    /// Whether the next list is overdue.
    public func isStale(at time: Date) -> Bool {
        nextUpdate.map { $0 < time } ?? false
    }
}
