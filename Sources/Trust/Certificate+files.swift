import COpenSSL

extension Certificate {
    /// The largest PEM file that is read, in bytes.
    static let maximumFileBytes = 4 * 1024 * 1024

    /// Reads the first certificate of a PEM file. Blocks.
    /// - Throws: ``TrustError`` naming the file.
    public static func read(pemFile path: String) throws(TrustError) -> Certificate {
        let all = try readAll(pemFile: path)
        guard let first = all.first else { throw TrustError(.empty, "holds no certificate", file: path) }
        return first
    }

    /// Reads every certificate of a PEM file, at least one. Blocks.
    /// - Throws: ``TrustError`` naming the file.
    public static func readAll(pemFile path: String) throws(TrustError) -> [Certificate] {
        let bytes = try TrustFile.bytes(path, limit: maximumFileBytes)
        do {
            return try parse(pem: bytes)
        } catch {
            throw error.about(file: path)
        }
    }

    /// Parses PEM text with one or more certificates.
    /// - Throws: ``TrustError`` `empty` or `malformed`.
    public static func parse(pem: [UInt8]) throws(TrustError) -> [Certificate] {
        var certificates: [Certificate] = []
        for handle in try PEMReader.certificates(pem) {
            certificates.append(try Certificate(handle, der: handle.der()))
        }
        return certificates
    }

    /// Reads a private key file and makes sure that the key can be used and belongs to a certificate. Blocks.
    /// - Parameters:
    ///   - path: PEM file with a private key that is not encrypted.
    ///   - certificate: the certificate it must belong to; nil when that is not known.
    /// - Returns: the bytes of the file, which never belong into a log.
    /// - Throws: ``TrustError`` naming the file: `unreadable`, `malformed` when it holds no usable key, `mismatch`
    ///   when the key is another certificate's.
    public static func privateKeyBytes(
        pemFile path: String, for certificate: Certificate?
    ) throws(TrustError) -> [UInt8] {
        let bytes = try TrustFile.bytes(path, limit: 1024 * 1024)
        do {
            try checkPrivateKey(bytes, for: certificate)
        } catch {
            throw error.about(file: path)
        }
        return bytes
    }

    private static func checkPrivateKey(_ pem: [UInt8], for certificate: Certificate?) throws(TrustError) {
        let key = pem.withUnsafeBytes { bytes -> OpaquePointer? in
            guard let reader = copenssl_reader(bytes.baseAddress, CInt(clamping: bytes.count)) else { return nil }
            defer { BIO_free(reader) }
            return copenssl_read_private_key(reader)
        }
        guard let key else {
            ERR_clear_error()
            throw TrustError(.malformed, "holds no private key in PEM that can be read without a password")
        }
        defer { EVP_PKEY_free(key) }
        guard let certificate else { return }
        let handle = try CertificateHandle(der: certificate.der)
        guard withExtendedLifetime(handle, { X509_check_private_key(handle.pointer, key) }) == 1 else {
            ERR_clear_error()
            throw TrustError(.mismatch, "the private key does not belong to the certificate \(certificate.subject)")
        }
    }
}
