import COpenSSL

extension Certificate {
    /// How many places are looked at.
    private static let maximumLocations = 16

    /// Where the issuer publishes its revocation lists: the HTTP addresses of cRLDistributionPoints, in order.
    ///
    /// - Source: RFC 5280, 4.2.1.13.
    public var revocationListURLs: [String] {
        reading { certificate in
            guard let value = X509_get_ext_d2i(certificate, NID_crl_distribution_points, nil, nil) else { return [] }
            let points = OpaquePointer(value)
            defer { CRL_DIST_POINTS_free(points) }
            var urls: [String] = []
            for index in 0..<min(copenssl_points_count(points), CInt(Self.maximumLocations)) {
                guard let names = copenssl_point_names(points, index) else { continue }
                for position in 0..<min(copenssl_names_count(names), CInt(Self.maximumLocations)) {
                    if let url = Self.url(copenssl_name_at(names, position)) { urls.append(url) }
                }
            }
            return urls
        }
    }

    /// Where the issuer answers questions for the status: the HTTP addresses of authorityInfoAccess, in order.
    ///
    /// - Source: RFC 5280, 4.2.2.1; RFC 6960, 3.1.
    public var ocspURLs: [String] {
        reading { certificate in
            guard let value = X509_get_ext_d2i(certificate, NID_info_access, nil, nil) else { return [] }
            let accesses = OpaquePointer(value)
            defer { AUTHORITY_INFO_ACCESS_free(accesses) }
            return (0..<min(copenssl_accesses_count(accesses), CInt(Self.maximumLocations))).compactMap { index in
                Self.url(copenssl_ocsp_access(accesses, index))
            }
        }
    }

    /// Whether the certificate is for a host: a name or an address in subjectAltName, wildcards included.
    public func isFor(host: String) -> Bool {
        guard let handle = try? CertificateHandle(der: der) else { return false }
        defer {
            ERR_clear_error()
            withExtendedLifetime(handle) {}
        }
        if X509_check_ip_asc(handle.pointer, host, 0) == 1 { return true }
        return X509_check_host(handle.pointer, host, host.utf8.count, 0, nil) == 1
    }

    /// Looks at extensions that are asked for rarely, and are therefore not kept.
    private func reading(_ body: (OpaquePointer) -> [String]) -> [String] {
        guard let handle = try? CertificateHandle(der: der) else { return [] }
        defer {
            ERR_clear_error()
            withExtendedLifetime(handle) {}
        }
        return body(handle.pointer)
    }

    private static func url(_ name: UnsafePointer<GENERAL_NAME>?) -> String? {
        guard let name, name.pointee.type == GEN_URI,
            let text = OpenSSLText.string(name.pointee.d.uniformResourceIdentifier), text.utf8.count <= 1_024,
            text.hasPrefix("http://") || text.hasPrefix("https://")
        else { return nil }
        return text
    }
}
