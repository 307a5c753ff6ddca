import FoundationEssentials

extension CertificateRefusal {
    /// One thing found wrong, and with which certificate of the path.
    struct Finding: Sendable, Hashable {
        let reason: Reason
        /// Subject of the certificate at fault when it is not the peer's own, else nil.
        var authority: String?
        /// What helps to mend it and only the store knows, e.g. which authorities are trusted.
        var hint: String?

        /// Whether a good answer by OCSP about the peer's certificate makes it good: it says nothing of an authority.
        var isMendedByStatus: Bool { authority == nil && reason.isLackOfList }
    }

    /// A refusal for a peer whose certificate could be parsed.
    init(_ certificate: Certificate, _ findings: [Finding]) {
        let ordered = findings.enumerated()
            .sorted { ($0.element.reason.rank, $0.offset) < ($1.element.reason.rank, $1.offset) }.map(\.element)
        let main = ordered.first ?? Finding(reason: .other(code: 1, text: "unspecified"))
        var sentence = "The peer sent the certificate of \(certificate.subject.shortened()) (serial number "
        sentence += "\(certificate.serialNumber.shortened()), issued by \(certificate.issuer.shortened())), "
        sentence += ordered.map { $0.reason.fault(of: $0.authority) }.joined(separator: "; also, ")
        sentence += "; " + main.reason.remedy(of: main.authority, hint: main.hint) + "."
        self.init(
            reason: main.reason,
            further: ordered.dropFirst().map(\.reason),
            certificate: certificate,
            sentence: sentence
        )
    }

    /// The peer sent nothing.
    /// - Parameter issuers: the authorities whose certificates were asked for.
    public static func noCertificate(issuers: [String] = []) -> CertificateRefusal {
        var asked = issuers.prefix(3).map { $0.shortened() }.joined(separator: " or ")
        if issuers.count > 3 { asked += " or \(issuers.count - 3) more" }
        return CertificateRefusal(
            reason: .noCertificate,
            further: [],
            certificate: nil,
            sentence: "The peer sent no certificate, but every connection here must present one"
                + (asked.isEmpty ? "" : "; this server asked for one issued by \(asked)")
                + "; its software has to be configured with the client certificate and private key of its organisation."
        )
    }

    /// The peer sent something that is no certificate, or too much.
    static func unread(_ reason: Reason, because detail: String) -> CertificateRefusal {
        CertificateRefusal(
            reason: reason,
            further: [],
            certificate: nil,
            sentence: "The peer sent certificates that cannot be used: \(detail); it should send its own X.509 "
                + "certificate, followed by the certificates of the intermediate authorities and nothing else."
        )
    }
}

extension CertificateRefusal.Reason {
    /// What is wrong, to follow "The peer sent the certificate of X,".
    fileprivate func fault(of authority: String?) -> String {
        let list =
            authority.map { "the revocation list about its authority \($0.shortened())" }
            ?? "its issuer's revocation list"
        let which = authority.map { "the certificate of its authority \($0.shortened())" } ?? "it"
        switch self {
        case .noCertificate: return "there is none"
        case .malformed: return "\(which) is malformed"
        case .chainTooLong: return "the path from it to a trusted authority is too long"
        case .unknownIssuer: return "that leads to no authority trusted here"
        case .selfSigned: return "which is signed by itself and not by an authority trusted here"
        case .untrustedSignature: return "the signature on \(which) was not made by the authority it names"
        case .issuerIsNoAuthority:
            return "which was issued with a certificate that may not issue certificates (\(which))"
        case .expired(let date): return "\(which) expired on \(date.formatted(.iso8601))"
        case .notYetValid(let date): return "\(which) is valid only from \(date.formatted(.iso8601))"
        case .revoked(let date, let reason):
            return "\(which) was revoked by its issuer" + (date.map { " on \($0.formatted(.iso8601))" } ?? "")
                + (reason.map { " (\($0))" } ?? "")
        case .unknownCriticalExtension: return "\(which) has a critical extension that is not known here"
        case .wrongUsage:
            return "the usage extensions of \(which) do not allow " + (authority == nil ? "this use" : "issuing")
        case .weakKey: return "the key of \(which) is too short"
        case .weakSignature: return "the signature on \(which) uses a hash that is no longer safe"
        case .revocationListMissing: return "its issuer's revocation list is not at hand"
        case .revocationListStale(let date):
            return "\(list) is out of date"
                + (date.map { " since \($0.formatted(.iso8601))" } ?? "")
        case .revocationListUnusable: return "\(list) cannot be verified or understood"
        case .statusUnanswered(let why): return "nobody could tell whether it was revoked: the OCSP responder \(why)"
        case .other(let code, let text): return "the check of \(which) failed: \(text) (OpenSSL \(code))"
        }
    }

    /// What would be right, to follow a semicolon.
    fileprivate func remedy(of authority: String?, hint: String?) -> String {
        let remedy =
            switch self {
            case .noCertificate, .malformed, .chainTooLong, .issuerIsNoAuthority, .other:
                "the organisation should install the certificate and the intermediates as its authority delivered them"
            case .unknownIssuer, .selfSigned, .untrustedSignature:
                "a certificate from a trusted authority is needed"
            case .expired: "the organisation has to install its renewed certificate"
            case .notYetValid: "wait until then, or compare the clocks of both sides"
            case .revoked where authority != nil: "a certificate of an authority that is not revoked is needed"
            case .revoked: "the organisation has to use the certificate that replaced it"
            case .unknownCriticalExtension: "a certificate without it is needed"
            case .wrongUsage:
                "a certificate with digitalSignature and, if it has an extended key usage, clientAuth (for a server serverAuth) is "
                    + "needed"
            case .weakKey: "RSA of 2048 bits or more, or EC of 224 bits or more, is needed"
            case .weakSignature: "a certificate signed with SHA-256 or better is needed"
            case .revocationListMissing, .revocationListStale, .revocationListUnusable:
                "the administrator here has to put the issuer's newest list among the revocation lists"
            case .statusUnanswered: "the administrator here has to see to it that the responder can be reached"
            }
        return hint.map { "\(remedy); \($0)" } ?? remedy
    }
}

extension String {
    /// Peer-controlled text, cut to what a log line can bear.
    fileprivate func shortened(to limit: Int = 200) -> String {
        unicodeScalars.count <= limit ? self : String(String.UnicodeScalarView(unicodeScalars.prefix(limit))) + "..."
    }
}
