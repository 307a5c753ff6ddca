import COpenSSL
public import FoundationEssentials

extension TrustStore {
    /// Checks what a peer sent: its certificate first, then intermediates in any order, in DER.
    ///
    /// Blocks for some signature verifications. Never throws and never traps on hostile bytes: everything is a verdict.
    public func verify(
        chain: [[UInt8]], as purpose: TrustPurpose = .client, at time: Date = Date()
    ) -> CertificateVerdict {
        check(chain: chain, as: purpose, at: time, asking: .off).verdict
    }

    /// The certificate of a client whose chain was checked a while ago and is trusted still; `nil` where it has to be checked. Does
    /// not block.
    public func knownClient(chain: [[UInt8]], at time: Date = Date()) -> Certificate? {
        trusted.certificate(of: chain, at: time)
    }

    /// The same, with the question for a responder when one may be asked.
    public func check(
        chain: [[UInt8]], as purpose: TrustPurpose = .client, at time: Date = Date(), asking policy: OCSPPolicy
    ) -> CertificateCheck {
        // Many connections of one peer may ask at once, and wait for each other here.
        if policy == .off, purpose == .client, let known = trusted.certificate(of: chain, at: time) {
            return CertificateCheck(verdict: .trusted(known), query: nil)
        }
        let refused = { (refusal: CertificateRefusal) in CertificateCheck(verdict: .refused(refusal), query: nil) }
        guard let first = chain.first else { return refused(.noCertificate(issuers: anchors.map(\.subject))) }
        guard chain.count <= self.policy.maximumChainCertificates,
            chain.reduce(0, { $0 + $1.count }) <= self.policy.maximumChainBytes
        else {
            return refused(
                .unread(
                    .chainTooLong,
                    because:
                        "there are \(chain.count), more than \(self.policy.maximumChainCertificates), or they exceed "
                        + "\(self.policy.maximumChainBytes) bytes"
                )
            )
        }
        let leaf: CertificateHandle
        let certificate: Certificate
        var others: [CertificateHandle] = []
        do throws(TrustError) {
            leaf = try CertificateHandle(der: first)
            certificate = try Certificate(leaf, der: first)
            for der in chain.dropFirst() { others.append(try CertificateHandle(der: der)) }
        } catch {
            return refused(.unread(.malformed, because: error.reason))
        }
        let path = path(of: leaf, others: others, as: purpose, at: time)
        let findings = path.findings.map { explained($0, certificate, sent: chain.count) }
        let verdict =
            findings.isEmpty
            ? CertificateVerdict.trusted(certificate) : .refused(CertificateRefusal(certificate, findings))
        // Where a responder is asked, it has not spoken yet.
        if findings.isEmpty, policy == .off, purpose == .client {
            // An intermediate that only OpenSSL has to understand may be one that cannot be described: its validity is not known then.
            let sent = zip(others, chain.dropFirst()).compactMap { try? Certificate($0, der: $1) }
            if sent.count == others.count {
                trusted.keep(chain, of: certificate, at: time, until: changes(of: [certificate] + sent))
            }
        }
        var query: OCSPQuery?
        if policy != .off, let issuer = path.issuer, findings.allSatisfy(\.isMendedByStatus) {
            query = try? OCSPQuery(
                certificate, leaf: leaf, issuer: issuer, helpers: others + intermediateHandles, store: store)
        }
        return CertificateCheck(verdict: verdict, query: query)
    }

    /// When the validity of certificates of a peer, or of anything here, begins or ends.
    private func changes(of certificates: [Certificate]) -> [Date] {
        (certificates + anchors + intermediates).flatMap { [$0.notBefore, $0.notAfter] }
            + revocationLists.flatMap { [$0.thisUpdate] + ($0.nextUpdate.map { [$0] } ?? []) }
    }

    /// Builds and judges the path. No findings: nothing speaks against the certificate.
    /// - Returns: what was found, and the certificate of the issuer when a path was found.
    private func path(
        of leaf: CertificateHandle,
        others: [CertificateHandle],
        as purpose: TrustPurpose,
        at time: Date
    ) -> (findings: [CertificateRefusal.Finding], issuer: CertificateHandle?) {
        let outOfMemory = CertificateRefusal.Finding(reason: .other(code: 17, text: "out of memory"))
        guard let context = X509_STORE_CTX_new() else { return ([outOfMemory], nil) }
        guard let untrusted = copenssl_certificates_new() else {
            X509_STORE_CTX_free(context)
            return ([outOfMemory], nil)
        }
        // The context borrows the stack: it goes first.
        defer {
            X509_STORE_CTX_free(context)
            copenssl_certificates_free(untrusted)
            ERR_clear_error()
        }
        let record = PathRecord(policy: policy)
        let result = withExtendedLifetime((store, leaf, others, record)) { () -> CInt in
            for handle in others + intermediateHandles
            where copenssl_certificates_push(untrusted, handle.pointer) != 1 { return 0 }
            guard X509_STORE_CTX_init(context, store.pointer, leaf.pointer, untrusted) == 1,
                copenssl_set_check_context(context, Unmanaged.passUnretained(record).toOpaque()) == 1,
                let parameters = X509_STORE_CTX_get0_param(context)
            else { return 0 }
            configure(parameters, purpose, at: time)
            X509_STORE_CTX_set_verify_cb(context, pathCheckCallback)
            let result = X509_verify_cert(context)
            if result != 1, record.findings.isEmpty {
                let code = X509_STORE_CTX_get_error(context)
                record.findings.append(.init(reason: .openSSL(code)))
            }
            return result
        }
        guard result == 1 || !record.findings.isEmpty else { return ([outOfMemory], nil) }
        return (record.findings, result == 1 ? Self.issuer(in: context) : nil)
    }

    /// The second certificate of the path that was built.
    private static func issuer(in context: OpaquePointer) -> CertificateHandle? {
        guard let issuer = copenssl_certificate_at(X509_STORE_CTX_get0_chain(context), 1), X509_up_ref(issuer) == 1
        else { return nil }
        return CertificateHandle(owning: issuer)
    }

    private func configure(_ parameters: OpaquePointer, _ purpose: TrustPurpose, at time: Date) {
        X509_VERIFY_PARAM_set_purpose(
            parameters, purpose == .client ? X509_PURPOSE_SSL_CLIENT : X509_PURPOSE_SSL_SERVER)
        X509_VERIFY_PARAM_set_trust(parameters, purpose == .client ? X509_TRUST_SSL_CLIENT : X509_TRUST_SSL_SERVER)
        X509_VERIFY_PARAM_set_auth_level(parameters, 2)
        X509_VERIFY_PARAM_set_depth(parameters, CInt(clamping: policy.maximumIntermediates))
        X509_VERIFY_PARAM_set_time(parameters, Int(max(0, min(time.timeIntervalSince1970, 253_402_300_799))))
        if policy.revocation != .off {
            // The authorities of the path, too; what the lack of a list means for one is ``PathRecord``'s to say.
            X509_VERIFY_PARAM_set_flags(parameters, UInt(X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL))
        }
    }

    /// Adds what only this store can tell an administrator.
    private func explained(
        _ finding: CertificateRefusal.Finding,
        _ certificate: Certificate,
        sent: Int
    ) -> CertificateRefusal.Finding {
        var finding = finding
        switch finding.reason {
        case .unknownIssuer, .selfSigned, .untrustedSignature:
            let names = anchors.prefix(3).map(\.subject).joined(separator: " and ")
            var hint = "trusted here: \(names)" + (anchors.count > 3 ? " and \(anchors.count - 3) more" : "")
            if (anchors + intermediates).contains(where: { $0.subject == certificate.issuer }) {
                hint += " (an authority of the issuer's name is known here, but with another key)"
            } else if sent == 1, finding.reason == .unknownIssuer {
                hint += " (the peer sent no intermediate certificate beside its own)"
            }
            finding.hint = hint
        default:
            break
        }
        return finding
    }
}
