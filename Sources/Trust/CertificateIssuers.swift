import COpenSSL
import Synchronization

/// Some authorities, and the question whether one of them issued a certificate itself.
///
/// A name proves nothing here: another trusted authority could put an intermediate of the same name under itself. The signature
/// does. Verdicts are remembered, so that a certificate costs one verification and not one for each request.
public final class CertificateIssuers: Sendable {
    /// Verdicts kept at most; they are dropped together.
    private static let maximumVerdicts = 4_096

    /// The subjects of the authorities, RFC 4514.
    public let subjects: [String]
    private let handles: [CertificateHandle]
    private let verdicts = Mutex<[[UInt8]: Bool]>([:])

    /// Reads the authorities of a PEM file. Blocks.
    /// - Throws: ``TrustError`` naming the file.
    public init(pemFile path: String) throws(TrustError) {
        let bytes = try TrustFile.bytes(path, limit: Certificate.maximumFileBytes)
        do throws(TrustError) {
            handles = try PEMReader.certificates(bytes)
            var subjects: [String] = []
            for handle in handles {
                let certificate = try Certificate(handle, der: handle.der())
                guard certificate.isAuthority else {
                    throw TrustError(.unsuitable, "\(certificate.subject) in it is no certificate authority")
                }
                subjects.append(certificate.subject)
            }
            self.subjects = subjects
        } catch {
            throw error.about(file: path)
        }
    }

    /// Whether one of them signed the certificate.
    public func issued(_ certificate: Certificate) -> Bool {
        if let known = verdicts.withLock({ $0[certificate.fingerprint] }) { return known }
        let verdict = isSigned(certificate)
        verdicts.withLock { verdicts in
            if verdicts.count >= Self.maximumVerdicts { verdicts = [:] }
            verdicts[certificate.fingerprint] = verdict
        }
        return verdict
    }

    private func isSigned(_ certificate: Certificate) -> Bool {
        defer { ERR_clear_error() }
        // A certificate was parsed from these bytes; if they are none any more, nobody signed them.
        guard let leaf = try? CertificateHandle(der: certificate.der) else { return false }
        return withExtendedLifetime(leaf) {
            handles.contains { handle in
                X509_get0_pubkey(handle.pointer).map { X509_verify(leaf.pointer, $0) == 1 } ?? false
            }
        }
    }
}
