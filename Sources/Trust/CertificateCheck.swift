import FoundationEssentials

/// What a check against anchors and lists came to, and the question that may still be asked.
public struct CertificateCheck: Sendable {
    /// The verdict without asking anybody.
    public let verdict: CertificateVerdict
    /// The question for a responder; nil when it would not change the verdict, or was not wanted.
    public let query: OCSPQuery?

    /// The verdict with the answer of a responder.
    ///
    /// A certificate is refused when either list or responder says that it was revoked. A good answer stands in for a
    /// list that is missing, out of date or unusable. Without an answer nothing is concluded: lists decide, unless an
    /// answer is required.
    /// - Source: CIBG, certification practice statement of the UZI register: by list or by OCSP; a list when OCSP does
    ///   not answer.
    public func verdict(with status: OCSPStatus, policy: OCSPPolicy) -> CertificateVerdict {
        guard let certificate = query?.certificate else { return verdict }
        switch status {
        case .good:
            return .trusted(certificate)
        case .revoked(let date, let reason, _):
            return .refused(CertificateRefusal(certificate, [.init(reason: .revoked(at: date, reason: reason))]))
        case .unanswered(let why):
            guard policy == .require, case .trusted = verdict else { return verdict }
            return .refused(CertificateRefusal(certificate, [.init(reason: .statusUnanswered(why))]))
        }
    }
}
