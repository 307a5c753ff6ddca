import COpenSSL
import FoundationEssentials

extension Certificate {
    /// The type-id under which the UZI register writes its name. Source: CIBG, certification practice statement.
    private static let uziTypeID = "2.5.5.5"

    /// Reads the facts out of a parsed certificate.
    init(_ handle: CertificateHandle, der: [UInt8]) throws(TrustError) {
        let certificate = handle.pointer
        // The pointer does not keep its owner alive.
        defer { withExtendedLifetime(handle) {} }
        guard let notBefore = OpenSSLText.date(X509_get0_notBefore(certificate)),
            let notAfter = OpenSSLText.date(X509_get0_notAfter(certificate))
        else { throw TrustError(.malformed, "the validity of a certificate cannot be read") }
        // Computes the extension cache, which the usage functions read.
        let flags = X509_get_extension_flags(certificate)
        guard flags & UInt32(EXFLAG_INVALID) == 0 else {
            ERR_clear_error()
            throw TrustError(.malformed, "an extension of a certificate is malformed")
        }
        let names = Self.alternativeNames(of: certificate)

        self.der = der
        subject = try OpenSSLText.name(X509_get_subject_name(certificate))
        issuer = try OpenSSLText.name(X509_get_issuer_name(certificate))
        serialNumber = try OpenSSLText.hexadecimal(X509_get0_serialNumber(certificate))
        self.notBefore = notBefore
        self.notAfter = notAfter
        let key = X509_get_X509_PUBKEY(certificate)
        spkiSHA256 = OpenSSLText.sha256(try OpenSSLText.der { i2d_X509_PUBKEY(key, $0) })
        fingerprint = OpenSSLText.sha256(der)
        dnsNames = names.dns
        otherNames = names.other
        uzi = Self.identity(in: names.other)
        let usage = X509_get_key_usage(certificate)
        keyUsage = usage == UInt32.max ? nil : KeyUsage(rawValue: usage)
        let extendedUsage = X509_get_extended_key_usage(certificate)
        extendedKeyUsage = extendedUsage == UInt32.max ? nil : ExtendedKeyUsage(rawValue: extendedUsage)
        (keyAlgorithm, keyBits) = Self.keyFacts(certificate)
        isAuthority = flags & UInt32(EXFLAG_CA) != 0
        isSelfIssued = flags & UInt32(EXFLAG_SI) != 0
    }

    private static func identity(in values: [String]) -> Result<UZIIdentity, UZIIdentityError>? {
        guard let first = values.first else { return nil }
        guard values.allSatisfy({ $0 == first }) else { return .failure(.ambiguous) }
        do {
            return .success(try UZIIdentity(parsing: first))
        } catch {
            return .failure(error)
        }
    }

    private static func keyFacts(_ certificate: OpaquePointer) -> (algorithm: String, bits: Int) {
        guard let key = X509_get0_pubkey(certificate) else {
            ERR_clear_error()
            return ("unknown", 0)
        }
        let name = EVP_PKEY_get0_type_name(key).map { String(cString: $0) } ?? "unknown"
        return (name, Int(max(0, EVP_PKEY_get_bits(key))))
    }

    /// Picks names by type, not by order: a card may carry other otherNames before the one of the UZI register.
    /// A malformed or repeated extension gives no names.
    private static func alternativeNames(of certificate: OpaquePointer) -> (dns: [String], other: [String]) {
        guard let extensionValue = X509_get_ext_d2i(certificate, NID_subject_alt_name, nil, nil) else {
            ERR_clear_error()
            return ([], [])
        }
        let names = OpaquePointer(extensionValue)
        defer { GENERAL_NAMES_free(names) }
        var dns: [String] = []
        var other: [String] = []
        for index in 0..<min(copenssl_names_count(names), CInt(maximumNames)) {
            guard let name = copenssl_name_at(names, index) else { continue }
            switch name.pointee.type {
            case GEN_DNS:
                if let text = OpenSSLText.string(name.pointee.d.dNSName) { dns.append(text) }
            case GEN_OTHERNAME:
                if let text = uziText(name.pointee.d.otherName) { other.append(text) }
            default:
                continue
            }
        }
        return (dns, other)
    }

    private static func uziText(_ name: UnsafeMutablePointer<OTHERNAME>?) -> String? {
        guard let name, OpenSSLText.objectIdentifier(name.pointee.type_id) == uziTypeID,
            let value = name.pointee.value
        else { return nil }
        switch value.pointee.type {
        case V_ASN1_IA5STRING, V_ASN1_UTF8STRING, V_ASN1_PRINTABLESTRING:
            return OpenSSLText.string(value.pointee.value.asn1_string)
        default:
            return nil
        }
    }
}
