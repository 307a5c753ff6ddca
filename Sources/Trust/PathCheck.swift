import COpenSSL
import FoundationEssentials

/// What OpenSSL objects to while one path is checked. Lives on the stack of one check and one thread.
final class PathRecord {
    let policy: TrustPolicy
    var findings: [CertificateRefusal.Finding] = []

    init(policy: TrustPolicy) {
        self.policy = policy
    }

    /// Takes note of an objection.
    /// - Returns: 1 to go on and find what else is wrong, 0 to end the check. A finding that was noted refuses the
    ///   certificate either way.
    func note(_ context: OpaquePointer) -> CInt {
        let code = X509_STORE_CTX_get_error(context)
        let depth = X509_STORE_CTX_get_error_depth(context)
        switch code {
        case X509_V_ERR_UNABLE_TO_GET_CRL:
            if policy.revocation == .requireList, depth == 0 { add(.revocationListMissing, context) }
            return 1
        case X509_V_ERR_DIFFERENT_CRL_SCOPE where depth > 0:
            // The list is about the users of the issuer only: there is none about the authority.
            return 1
        case X509_V_ERR_CRL_HAS_EXPIRED:
            if policy.staleList == .refuse, !isAnchor(depth, context) {
                add(.revocationListStale(since: nextUpdate(context)), context)
            }
            return 1
        case X509_V_ERR_CERT_HAS_EXPIRED:
            add(validity(context, X509_get0_notAfter).map { .expired(on: $0) } ?? .malformed, context)
            return 1
        case X509_V_ERR_CERT_NOT_YET_VALID:
            add(validity(context, X509_get0_notBefore).map { .notYetValid(from: $0) } ?? .malformed, context)
            return 1
        case X509_V_ERR_CERT_REVOKED:
            add(revocation(context), context)
            return 0
        default:
            add(.openSSL(code), context)
            return 0
        }
    }

    /// Whether the path ends here: no list speaks for or against an anchor, its own one least of all.
    private func isAnchor(_ depth: CInt, _ context: OpaquePointer) -> Bool {
        depth > 0 && depth == copenssl_certificates_count(X509_STORE_CTX_get0_chain(context)) - 1
    }

    private func add(_ reason: CertificateRefusal.Reason, _ context: OpaquePointer) {
        var authority: String?
        if X509_STORE_CTX_get_error_depth(context) > 0, let current = X509_STORE_CTX_get_current_cert(context) {
            authority = try? OpenSSLText.name(X509_get_subject_name(current))
        }
        findings.append(.init(reason: reason, authority: authority))
    }

    private func validity(
        _ context: OpaquePointer,
        _ field: (OpaquePointer?) -> UnsafePointer<ASN1_TIME>?
    ) -> Date? {
        OpenSSLText.date(field(X509_STORE_CTX_get_current_cert(context)))
    }

    private func nextUpdate(_ context: OpaquePointer) -> Date? {
        guard let list = X509_STORE_CTX_get0_current_crl(context) else { return nil }
        return OpenSSLText.date(X509_CRL_get0_nextUpdate(list))
    }

    private func revocation(_ context: OpaquePointer) -> CertificateRefusal.Reason {
        var entry: OpaquePointer?
        guard let list = X509_STORE_CTX_get0_current_crl(context),
            let certificate = X509_STORE_CTX_get_current_cert(context),
            X509_CRL_get0_by_cert(list, &entry, certificate) > 0, let entry
        else { return .revoked(at: nil, reason: nil) }
        var reason: String?
        if let value = X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, nil, nil) {
            let number = OpaquePointer(value)
            defer { ASN1_ENUMERATED_free(UnsafeMutablePointer(number)) }
            reason = Self.reasons[ASN1_ENUMERATED_get(UnsafePointer(number))]
        }
        return .revoked(at: OpenSSLText.date(X509_REVOKED_get0_revocationDate(entry)), reason: reason)
    }

    /// CRLReason. Source: RFC 5280, 5.3.1.
    static let reasons: [Int: String] = [
        0: "unspecified", 1: "keyCompromise", 2: "cACompromise", 3: "affiliationChanged", 4: "superseded",
        5: "cessationOfOperation", 6: "certificateHold", 8: "removeFromCRL", 9: "privilegeWithdrawn",
        10: "aACompromise",
    ]
}

/// Called by OpenSSL for every certificate it is content with (ok 1) and every objection (ok 0).
let pathCheckCallback: @convention(c) (CInt, OpaquePointer?) -> CInt = { ok, context in
    if ok == 1 { return 1 }
    guard let context, let raw = copenssl_check_context(context) else { return 0 }
    // The record outlives the check: the caller holds it until X509_verify_cert returns.
    return Unmanaged<PathRecord>.fromOpaque(raw).takeUnretainedValue().note(context)
}

extension CertificateRefusal.Reason {
    /// The reason behind an error code of the check, for those without a value of their own.
    static func openSSL(_ code: CInt) -> CertificateRefusal.Reason {
        switch code {
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
            X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
            X509_V_ERR_CERT_UNTRUSTED, X509_V_ERR_CERT_REJECTED:
            .unknownIssuer
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: .selfSigned
        case X509_V_ERR_CERT_SIGNATURE_FAILURE, X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE: .untrustedSignature
        case X509_V_ERR_INVALID_CA, X509_V_ERR_KEYUSAGE_NO_CERTSIGN, X509_V_ERR_INVALID_NON_CA: .issuerIsNoAuthority
        case X509_V_ERR_CERT_CHAIN_TOO_LONG, X509_V_ERR_PATH_LENGTH_EXCEEDED: .chainTooLong
        case X509_V_ERR_INVALID_PURPOSE: .wrongUsage
        case X509_V_ERR_EE_KEY_TOO_SMALL, X509_V_ERR_CA_KEY_TOO_SMALL: .weakKey
        case X509_V_ERR_CA_MD_TOO_WEAK: .weakSignature
        case X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION: .unknownCriticalExtension
        case X509_V_ERR_CRL_SIGNATURE_FAILURE, X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE,
            X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER, X509_V_ERR_KEYUSAGE_NO_CRL_SIGN, X509_V_ERR_CRL_NOT_YET_VALID,
            X509_V_ERR_DIFFERENT_CRL_SCOPE, X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION,
            X509_V_ERR_CRL_PATH_VALIDATION_ERROR, X509_V_ERR_ERROR_IN_CRL_NEXT_UPDATE_FIELD,
            X509_V_ERR_ERROR_IN_CRL_LAST_UPDATE_FIELD:
            .revocationListUnusable
        default: .other(code: Int(code), text: String(cString: X509_verify_cert_error_string(Int(code))))
        }
    }
}
