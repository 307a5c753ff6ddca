public import FoundationEssentials

/// Why a certificate is not trusted, for the machine and for the administrator who is phoned.
public struct CertificateRefusal: Sendable, Hashable {
    /// What speaks against a certificate.
    public enum Reason: Sendable, Hashable {
        /// The peer sent no certificate.
        case noCertificate
        /// A certificate the peer sent cannot be parsed.
        case malformed
        /// More certificates or bytes than allowed, or a longer path.
        case chainTooLong
        /// No known authority issued it.
        case unknownIssuer
        /// It vouches for itself and is no anchor.
        case selfSigned
        /// A signature in the path does not verify.
        case untrustedSignature
        /// A certificate in the path was issued by one that is no authority.
        case issuerIsNoAuthority
        /// Out of date.
        case expired(on: Date)
        /// Not in force yet.
        case notYetValid(from: Date)
        /// On its issuer's revocation list; the reason is the list's word, e.g. `keyCompromise`.
        case revoked(at: Date?, reason: String?)
        /// It has a critical extension that is not known here, and must not be used without understanding it.
        case unknownCriticalExtension
        /// It may not be used as a TLS client.
        case wrongUsage
        /// Its key, or one in the path, is too short.
        case weakKey
        /// A signature in the path uses a hash that is broken or too short.
        case weakSignature
        /// A list is required and none of its issuer is at hand.
        case revocationListMissing
        /// The only list of its issuer is past nextUpdate.
        case revocationListStale(since: Date?)
        /// The list of its issuer cannot be believed or understood.
        case revocationListUnusable
        /// An answer by OCSP is required, and there is none; the words follow "the responder".
        case statusUnanswered(String)
        /// Anything else, with OpenSSL's code and words.
        case other(code: Int, text: String)
    }

    /// The reason that counts most.
    public let reason: Reason
    /// Further reasons found, in order.
    public let further: [Reason]
    /// The certificate of the peer, when one could be parsed.
    public let certificate: Certificate?
    /// What the peer sent, what is wrong with it, and what would be right: plain English for an administrator.
    public let sentence: String

    /// Whether nothing speaks against the certificate but that a list or the answer of a responder is lacking here: a moment later it
    /// may be trusted.
    public var isUndetermined: Bool { reason.isLackOfStatus }
}

extension CertificateRefusal.Reason {
    /// A stable word for metrics.
    public var word: String {
        switch self {
        case .noCertificate: "no-certificate"
        case .malformed: "malformed"
        case .chainTooLong: "chain-too-long"
        case .unknownIssuer: "unknown-issuer"
        case .selfSigned: "self-signed"
        case .untrustedSignature: "untrusted-signature"
        case .issuerIsNoAuthority: "issuer-is-no-authority"
        case .expired: "expired"
        case .notYetValid: "not-yet-valid"
        case .revoked: "revoked"
        case .unknownCriticalExtension: "unknown-critical-extension"
        case .wrongUsage: "wrong-usage"
        case .weakKey: "weak-key"
        case .weakSignature: "weak-signature"
        case .revocationListMissing: "revocation-list-missing"
        case .revocationListStale: "revocation-list-stale"
        case .revocationListUnusable: "revocation-list-unusable"
        case .statusUnanswered: "status-unanswered"
        case .other: "other"
        }
    }

    /// Lower counts more: what no renewal mends comes first.
    var rank: Int {
        switch self {
        case .revoked: 0
        case .expired, .notYetValid: 2
        case .revocationListMissing, .revocationListStale, .revocationListUnusable, .statusUnanswered: 3
        default: 1
        }
    }

    /// Whether it is not known here if the certificate was revoked. What else was found would count more.
    var isLackOfStatus: Bool {
        if case .statusUnanswered = self { true } else { isLackOfList }
    }

    /// Whether only the lack of a list speaks here, which an answer by OCSP makes good.
    var isLackOfList: Bool {
        switch self {
        case .revocationListMissing, .revocationListStale, .revocationListUnusable: true
        default: false
        }
    }
}
