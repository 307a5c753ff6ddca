import COpenSSL
public import FoundationEssentials

/// The facts of one X.509 certificate. Parsed, not verified: only a ``TrustStore`` says whether to believe it.
///
/// - Source: RFC 5280, section 4.
public struct Certificate: Sendable {
    /// The largest certificate that is parsed, in bytes.
    public static let maximumBytes = 64 * 1024
    /// How many names of subjectAltName are looked at.
    static let maximumNames = 256

    /// The DER form.
    public let der: [UInt8]
    /// Subject, RFC 4514 text. Peer-controlled; control characters are escaped.
    public let subject: String
    /// Issuer, RFC 4514 text.
    public let issuer: String
    /// Serial number in upper-case hexadecimal.
    public let serialNumber: String
    /// Start of validity.
    public let notBefore: Date
    /// End of validity, inclusive.
    public let notAfter: Date
    /// SHA-256 of the SubjectPublicKeyInfo in DER, 32 bytes: survives a renewal that keeps the key.
    public let spkiSHA256: [UInt8]
    /// SHA-256 of the whole certificate in DER, 32 bytes.
    public let fingerprint: [UInt8]
    /// The dNSName values of subjectAltName, in order.
    public let dnsNames: [String]
    /// The values of otherName 2.5.5.5 in subjectAltName, in order (IA5String, UTF8String or PrintableString).
    public let otherNames: [String]
    /// What the UZI register wrote into it; nil without an otherName 2.5.5.5.
    public let uzi: Result<UZIIdentity, UZIIdentityError>?
    /// keyUsage; nil when the extension is absent, which allows everything.
    public let keyUsage: KeyUsage?
    /// extendedKeyUsage; nil when the extension is absent, which allows everything.
    public let extendedKeyUsage: ExtendedKeyUsage?
    /// Algorithm of the public key, e.g. `RSA` or `EC`.
    public let keyAlgorithm: String
    /// Size of the public key in bits; 0 when OpenSSL does not know the algorithm.
    public let keyBits: Int
    /// basicConstraints says that it may issue certificates.
    public let isAuthority: Bool
    /// Subject and issuer are the same name.
    public let isSelfIssued: Bool

    /// Parses DER that holds exactly one certificate.
    /// - Throws: ``TrustError`` `malformed` or `tooLarge`.
    public init(der: [UInt8]) throws(TrustError) {
        try self.init(CertificateHandle(der: der), der: der)
    }

    /// The URA of a UZI server certificate, 8 digits. Nil for people's cards and for certificates without one.
    public var serverURA: String? {
        guard case .success(let identity) = uzi, identity.kind == .server else { return nil }
        return identity.ura
    }

    /// ``spkiSHA256`` in lower-case hexadecimal.
    public var spkiSHA256Hex: String { Self.hexadecimal(spkiSHA256) }

    /// ``fingerprint`` in lower-case hexadecimal.
    public var fingerprintHex: String { Self.hexadecimal(fingerprint) }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

/// Two certificates are the same when their bytes are.
extension Certificate: Hashable {
    /// Compares the fingerprints.
    public static func == (left: Certificate, right: Certificate) -> Bool { left.fingerprint == right.fingerprint }

    /// Hashes the fingerprint.
    public func hash(into hasher: inout Hasher) { hasher.combine(fingerprint) }
}

extension Certificate {
    /// The bits of keyUsage. Source: RFC 5280, 4.2.1.3; the values are those of OpenSSL.
    public struct KeyUsage: OptionSet, Sendable, Hashable {
        /// The bits.
        public let rawValue: UInt32

        /// A set of bits.
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// May sign handshakes.
        public static let digitalSignature = KeyUsage(rawValue: UInt32(KU_DIGITAL_SIGNATURE))
        /// May receive encrypted keys (RSA key exchange).
        public static let keyEncipherment = KeyUsage(rawValue: UInt32(KU_KEY_ENCIPHERMENT))
        /// May agree on keys.
        public static let keyAgreement = KeyUsage(rawValue: UInt32(KU_KEY_AGREEMENT))
        /// May sign certificates.
        public static let certificateSigning = KeyUsage(rawValue: UInt32(KU_KEY_CERT_SIGN))
        /// May sign revocation lists.
        public static let listSigning = KeyUsage(rawValue: UInt32(KU_CRL_SIGN))
    }

    /// The purposes of extendedKeyUsage that matter here. Source: RFC 5280, 4.2.1.12.
    public struct ExtendedKeyUsage: OptionSet, Sendable, Hashable {
        /// The bits.
        public let rawValue: UInt32

        /// A set of bits.
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// May be a TLS client.
        public static let clientAuthentication = ExtendedKeyUsage(rawValue: COPENSSL_EXTENDED_USAGE_CLIENT)
        /// May be a TLS server.
        public static let serverAuthentication = ExtendedKeyUsage(rawValue: COPENSSL_EXTENDED_USAGE_SERVER)
        /// May be anything.
        public static let any = ExtendedKeyUsage(rawValue: COPENSSL_EXTENDED_USAGE_ANY)
    }
}
