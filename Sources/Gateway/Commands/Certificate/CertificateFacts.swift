import Foundation
import Trust

/// What stands in a certificate, as `certificate explain` prints it.
struct CertificateFacts {
    let lines: [String]

    init(_ certificate: Certificate, chainLength: Int) {
        var lines = [
            "subject       \(certificate.subject)", "issuer        \(certificate.issuer)",
            "serial        \(certificate.serialNumber)",
            "valid         \(certificate.notBefore.formatted(.iso8601)) to \(certificate.notAfter.formatted(.iso8601))",
            "key           \(certificate.keyAlgorithm) \(certificate.keyBits) bits, SPKI \(certificate.spkiSHA256Hex)",
            "usage         \(Self.usage(certificate))",
        ]
        switch certificate.uzi {
        case .success(let identity)?:
            lines.append(
                "UZI register  URA \(identity.ura), "
                    + (identity.kind == .server
                        ? "server certificate" : "no server certificate, and no identity of a system"))
        case .failure(let error)?:
            lines.append("UZI register  the otherName 2.5.5.5 is no UZI identity: \(error)")
        case nil:
            break
        }
        if !certificate.dnsNames.isEmpty {
            lines.append("names         \(certificate.dnsNames.prefix(20).joined(separator: ", "))")
        }
        lines.append("chain         \(chainLength == 1 ? "the certificate alone" : "\(chainLength) certificates")")
        self.lines = lines
    }

    private static func usage(_ certificate: Certificate) -> String {
        var words: [String] = []
        if let usage = certificate.keyUsage {
            if usage.contains(.digitalSignature) { words.append("digitalSignature") }
            if usage.contains(.keyEncipherment) { words.append("keyEncipherment") }
            if usage.contains(.certificateSigning) { words.append("keyCertSign") }
        }
        if let usage = certificate.extendedKeyUsage {
            if usage.contains(.clientAuthentication) { words.append("clientAuth") }
            if usage.contains(.serverAuthentication) { words.append("serverAuth") }
        } else {
            words.append("any extended usage")
        }
        return words.isEmpty ? "none for TLS" : words.joined(separator: ", ")
    }
}
