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

    /// The words for an administrator, with what to do.
    public var description: String {
        switch self {
        case .malformed(let field, let advice): "\(field) is malformed: \(advice)"
        case .unknown(let name): "there is no organisation \(name); see: xds-gateway organisation list"
        case .uraTaken(let ura): "URA \(ura) belongs to another organisation; see: xds-gateway organisation show \(ura)"
        case .certificateTaken(let subject): "the key of certificate \(subject) is registered for another organisation"
        }
    }
}
