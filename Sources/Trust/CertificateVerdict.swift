/// What a check of a certificate chain came to.
public enum CertificateVerdict: Sendable {
    /// The path leads to an anchor and nothing speaks against the certificate.
    case trusted(Certificate)
    /// It is not to be trusted, with the reason.
    case refused(CertificateRefusal)
}
