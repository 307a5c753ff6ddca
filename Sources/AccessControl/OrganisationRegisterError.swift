/// Why a change of the register was not made; each says what to do.
public enum OrganisationRegisterError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A value is malformed: the field and what is asked.
    case malformed(String, String)
    /// There is no organisation with this identifier or URA.
    case unknown(String)
    /// Another organisation has this URA.
    case uraTaken(String)
    /// Another organisation has a certificate with this key.
    case certificateTaken(subject: String)
    /// Another organisation has the certificate of this issuer and number.
    case certificateNameTaken(CertificateName)
    /// The organisation has no such certificate.
    case noSuchCertificate(organisation: String)
    /// Without this certificate nobody could connect as the organisation.
    case lastCertificate(organisation: String)

    /// The words for an administrator, with what to do.
    public var description: String {
        switch self {
        case .malformed(let field, let advice): "\(field) is malformed: \(advice)"
        case .unknown(let name): "there is no organisation \(name); see: xds-gateway organisation list"
        case .uraTaken(let ura): "URA \(ura) belongs to another organisation; see: xds-gateway organisation show \(ura)"
        case .certificateTaken(let subject): "the key of certificate \(subject) is registered for another organisation"
        case .certificateNameTaken(let name): "the certificate \(name) is registered for another organisation"
        case .noSuchCertificate(let organisation):
            "\(organisation) has no such certificate; see: xds-gateway organisation show \(organisation)"
        case .lastCertificate(let organisation):
            "it is the last certificate of \(organisation), which has no URA either; add another one first, or suspend it"
        }
    }
}
