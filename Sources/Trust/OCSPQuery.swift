import COpenSSL
public import FoundationEssentials

/// A question for the status of one certificate, and the check of what comes back. Holds what the check needs.
///
/// The request has no nonce: answers may come from the responder's cache, and are believed for as long as they say.
/// - Source: RFC 6960; RFC 5019.
public struct OCSPQuery: Sendable {
    /// Bytes of a response at most.
    public static let maximumResponseBytes = 64 * 1024
    /// How far clocks may differ, in seconds.
    private static let skew = 300
    /// How long an answer without nextUpdate is believed, in seconds.
    private static let lifeWithoutNextUpdate = 300
    /// How old an answer without nextUpdate may be, in seconds.
    private static let maximumAge = 3_600

    /// The certificate it is about.
    public let certificate: Certificate
    /// The request, DER of an OCSPRequest; POST it as `application/ocsp-request`.
    public let request: [UInt8]
    /// The responders that the certificate names.
    public let responders: [String]
    /// Names certificate and issuer: answers may be remembered under it.
    public let identifier: [UInt8]

    private let leaf: CertificateHandle
    private let issuer: CertificateHandle
    private let helpers: [CertificateHandle]
    private let store: StoreHandle

    /// - Throws: ``TrustError`` `library`.
    init(
        _ certificate: Certificate, leaf: CertificateHandle, issuer: CertificateHandle, helpers: [CertificateHandle],
        store: StoreHandle
    ) throws(TrustError) {
        self.certificate = certificate
        self.leaf = leaf
        self.issuer = issuer
        self.helpers = helpers
        self.store = store
        responders = certificate.ocspURLs
        let failed = TrustError(.library, "OpenSSL has no memory for an OCSP request")
        guard let name = Self.name(of: leaf, issuer: issuer) else { throw failed }
        guard let request = OCSP_REQUEST_new() else {
            OCSP_CERTID_free(name)
            throw failed
        }
        defer { OCSP_REQUEST_free(request) }
        identifier = try OpenSSLText.der { i2d_OCSP_CERTID(name, $0) }
        // The request takes the name over.
        guard OCSP_request_add0_id(request, name) != nil else {
            OCSP_CERTID_free(name)
            throw failed
        }
        self.request = try OpenSSLText.der { i2d_OCSP_REQUEST(request, $0) }
    }

    /// Checks a response: its form, its signature by the issuer or by whom the issuer appointed, that it is about this
    /// certificate, and its time. Blocks for some signature verifications.
    public func status(from response: [UInt8], at time: Date = Date()) -> OCSPStatus {
        defer {
            ERR_clear_error()
            withExtendedLifetime((leaf, issuer, helpers, store)) {}
        }
        guard let parsed = Self.parse(response) else { return .unanswered("sent something that is no OCSP response") }
        defer { OCSP_RESPONSE_free(parsed) }
        let code = OCSP_response_status(parsed)
        guard code == OCSP_RESPONSE_STATUS_SUCCESSFUL else {
            return .unanswered("answered \(Self.words[code] ?? "status \(code)")")
        }
        guard let basic = OCSP_response_get1_basic(parsed) else { return .unanswered("sent an answer of unknown form") }
        defer { OCSP_BASICRESP_free(basic) }
        guard isSigned(basic) else {
            return .unanswered("sent an answer that neither the issuer nor anyone it appointed has signed")
        }
        return status(in: basic, at: time)
    }

    private func status(in basic: OpaquePointer, at time: Date) -> OCSPStatus {
        guard let name = Self.name(of: leaf, issuer: issuer) else { return .unanswered("could not be understood") }
        defer { OCSP_CERTID_free(name) }
        var (status, reason): (CInt, CInt) = (-1, -1)
        var revokedAt: UnsafeMutablePointer<ASN1_GENERALIZEDTIME>?
        var thisUpdate: UnsafeMutablePointer<ASN1_GENERALIZEDTIME>?
        var nextUpdate: UnsafeMutablePointer<ASN1_GENERALIZEDTIME>?
        guard OCSP_resp_find_status(basic, name, &status, &reason, &revokedAt, &thisUpdate, &nextUpdate) == 1 else {
            return .unanswered("sent an answer about another certificate")
        }
        guard let since = OpenSSLText.date(UnsafePointer(thisUpdate)), since <= time + Double(Self.skew) else {
            return .unanswered("sent an answer that is not in force yet")
        }
        let until = OpenSSLText.date(UnsafePointer(nextUpdate))
        guard until.map({ $0 + Double(Self.skew) >= time }) ?? (since + Double(Self.maximumAge) >= time) else {
            return .unanswered("sent an answer that is out of date")
        }
        let end = until ?? time + Double(Self.lifeWithoutNextUpdate)
        switch status {
        case V_OCSP_CERTSTATUS_GOOD:
            return .good(until: end)
        case V_OCSP_CERTSTATUS_REVOKED:
            return .revoked(
                at: OpenSSLText.date(UnsafePointer(revokedAt)), reason: PathRecord.reasons[Int(reason)], until: end)
        default:
            return .unanswered("does not know the certificate")
        }
    }

    private func isSigned(_ basic: OpaquePointer) -> Bool {
        guard let others = copenssl_certificates_new() else { return false }
        defer { copenssl_certificates_free(others) }
        for handle in [issuer] + helpers where copenssl_certificates_push(others, handle.pointer) != 1 { return false }
        return OCSP_basic_verify(basic, others, store.pointer, 0) == 1
    }

    private static func parse(_ bytes: [UInt8]) -> OpaquePointer? {
        guard bytes.count <= maximumResponseBytes else { return nil }
        return bytes.withUnsafeBufferPointer { buffer in
            var cursor = buffer.baseAddress
            return d2i_OCSP_RESPONSE(nil, &cursor, buffer.count)
        }
    }

    /// SHA-1 names, as every responder understands them; it protects nothing here.
    private static func name(of leaf: CertificateHandle, issuer: CertificateHandle) -> OpaquePointer? {
        OCSP_cert_to_id(EVP_sha1(), leaf.pointer, issuer.pointer)
    }

    private static let words: [CInt: String] = [
        1: "that the request is malformed", 2: "that it failed inside", 3: "that one should try later",
        5: "that requests must be signed", 6: "that it is not authorised for this certificate",
    ]
}
