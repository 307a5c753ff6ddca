import COpenSSL

/// Takes certificates and revocation lists out of PEM text.
enum PEMReader {
    /// Certificates of one text at most.
    static let maximumCertificates = 1_000

    /// Every certificate of the text, at least one.
    static func certificates(_ pem: [UInt8]) throws(TrustError) -> [CertificateHandle] {
        let (found, complete) = blocks(pem, limit: maximumCertificates) { reader in
            copenssl_read_certificate(reader).map(CertificateHandle.init(owning:))
        }
        guard complete else { throw TrustError(.malformed, "certificate \(found.count + 1) in it is damaged") }
        guard !found.isEmpty else { throw TrustError(.empty, "holds no certificate in PEM") }
        return found
    }

    /// Every revocation list of the bytes, at least one: PEM, or DER with exactly one.
    static func revocationLists(_ bytes: [UInt8]) throws(TrustError) -> [RevocationListHandle] {
        guard bytes.first != 0x30 else { return [try RevocationListHandle(der: bytes)] }
        let (found, complete) = blocks(bytes, limit: maximumCertificates) { reader in
            copenssl_read_list(reader).map(RevocationListHandle.init(owning:))
        }
        guard complete else { throw TrustError(.malformed, "revocation list \(found.count + 1) in it is damaged") }
        guard !found.isEmpty else { throw TrustError(.empty, "holds no revocation list in PEM or DER") }
        return found
    }

    /// Reads blocks until there is none left; `complete` is false when it stopped at a damaged one.
    private static func blocks<Handle>(
        _ pem: [UInt8],
        limit: Int,
        _ next: (OpaquePointer) -> Handle?
    ) -> (found: [Handle], complete: Bool) {
        pem.withUnsafeBytes { bytes in
            guard let reader = copenssl_reader(bytes.baseAddress, CInt(clamping: bytes.count)) else {
                return ([], true)
            }
            defer { BIO_free(reader) }
            var found: [Handle] = []
            ERR_clear_error()
            while found.count < limit, let handle = next(reader) { found.append(handle) }
            let error = ERR_peek_last_error()
            ERR_clear_error()
            return (found, found.count == limit || error == 0 || ERR_GET_REASON(error) == PEM_R_NO_START_LINE)
        }
    }
}
