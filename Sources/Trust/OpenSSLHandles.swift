import COpenSSL

/// Owner of one parsed `X509`.
///
/// `@unchecked Sendable`: after `init` the structure is only read; what OpenSSL computes on first use (the cache of
/// extensions) it guards with the lock inside the structure.
final class CertificateHandle: @unchecked Sendable {
    let pointer: OpaquePointer

    /// Takes over a reference.
    init(owning pointer: OpaquePointer) {
        self.pointer = pointer
    }

    /// Parses DER that holds exactly one certificate.
    /// - Throws: `malformed`, or `tooLarge` beyond ``Certificate/maximumBytes``.
    init(der: [UInt8]) throws(TrustError) {
        guard der.count <= Certificate.maximumBytes else {
            throw TrustError(.tooLarge, "a certificate is larger than \(Certificate.maximumBytes) bytes")
        }
        let parsed = der.withUnsafeBufferPointer { bytes -> OpaquePointer? in
            var cursor = bytes.baseAddress
            guard let certificate = d2i_X509(nil, &cursor, bytes.count) else { return nil }
            guard cursor == bytes.baseAddress.map({ $0 + bytes.count }) else {
                X509_free(certificate)
                return nil
            }
            return certificate
        }
        guard let parsed else {
            ERR_clear_error()
            throw TrustError(.malformed, "the bytes are no X.509 certificate in DER")
        }
        pointer = parsed
    }

    deinit { X509_free(pointer) }

    /// The DER form, as it was signed.
    func der() throws(TrustError) -> [UInt8] {
        try OpenSSLText.der { i2d_X509(pointer, $0) }
    }
}

/// Owner of one parsed `X509_CRL`.
///
/// `@unchecked Sendable`: only read after `init`; OpenSSL guards its sorted index of entries with the lock inside.
final class RevocationListHandle: @unchecked Sendable {
    let pointer: OpaquePointer

    /// Takes over a reference.
    init(owning pointer: OpaquePointer) {
        self.pointer = pointer
    }

    /// Parses DER that holds exactly one revocation list.
    init(der: [UInt8]) throws(TrustError) {
        let parsed = der.withUnsafeBufferPointer { bytes -> OpaquePointer? in
            var cursor = bytes.baseAddress
            guard let list = d2i_X509_CRL(nil, &cursor, bytes.count) else { return nil }
            guard cursor == bytes.baseAddress.map({ $0 + bytes.count }) else {
                X509_CRL_free(list)
                return nil
            }
            return list
        }
        guard let parsed else {
            ERR_clear_error()
            throw TrustError(.malformed, "the bytes are no revocation list in DER or PEM")
        }
        pointer = parsed
    }

    deinit { X509_CRL_free(pointer) }
}

/// Owner of one `X509_STORE`: the anchors and revocation lists of a ``TrustStore``.
///
/// `@unchecked Sendable`: filled in the initializer of its owner and shared read-only from then on. Lookups by
/// concurrent checks take the lock inside `X509_STORE`, as connections that share one `SSL_CTX` do.
final class StoreHandle: @unchecked Sendable {
    let pointer: OpaquePointer

    init() throws(TrustError) {
        guard let store = X509_STORE_new() else { throw TrustError(.library, "OpenSSL has no memory for a store") }
        pointer = store
    }

    deinit { X509_STORE_free(pointer) }

    func add(anchor: CertificateHandle) throws(TrustError) {
        guard X509_STORE_add_cert(pointer, anchor.pointer) == 1 else {
            ERR_clear_error()
            throw TrustError(.library, "OpenSSL did not take a trust anchor")
        }
    }

    func add(list: RevocationListHandle) throws(TrustError) {
        guard X509_STORE_add_crl(pointer, list.pointer) == 1 else {
            ERR_clear_error()
            throw TrustError(.library, "OpenSSL did not take a revocation list")
        }
    }
}
