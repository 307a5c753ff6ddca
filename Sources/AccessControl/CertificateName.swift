public import Trust

/// What the issuer of a certificate calls it: unique for the issuer, and known before the certificate was seen.
///
/// - Source: RFC 5280, 4.1.2.2 and 4.1.2.4.
public struct CertificateName: Sendable, Hashable, CustomStringConvertible {
    /// The issuer, RFC 4514 text without spaces around separators.
    public let issuer: String
    /// The serial number, upper-case hexadecimal in whole bytes.
    public let serialNumber: String

    /// The name of a certificate.
    public init(_ certificate: Certificate) {
        self.init(storedIssuer: certificate.issuer, serialNumber: certificate.serialNumber)
    }

    /// A name as the database holds it.
    init(storedIssuer issuer: String, serialNumber: String) {
        self.issuer = issuer
        self.serialNumber = serialNumber
    }

    /// A name as an administrator writes it: spaces after commas and around `=`, colons and leading zeros in the number
    /// do not matter.
    /// - Throws: ``OrganisationRegisterError`` `malformed`.
    public init(issuer: String, serialNumber: String) throws(OrganisationRegisterError) {
        let issuer = Self.withoutLooseSpaces(issuer)
        guard issuer.contains("="), issuer.utf8.count <= 2_048 else {
            throw .malformed("issuer", "give its name as in CN=Some CA,O=Some Organisation,C=NL")
        }
        var digits = serialNumber.uppercased().filter { $0 != ":" && $0 != " " }
        guard !digits.isEmpty, digits.utf8.count <= 64, digits.allSatisfy({ $0.isASCII && $0.isHexDigit }) else {
            throw .malformed("serial number", "give it in hexadecimal, as certificate viewers show it")
        }
        digits = String(digits.drop { $0 == "0" })
        if digits.utf8.count % 2 == 1 { digits = "0" + digits }
        self.init(storedIssuer: issuer, serialNumber: digits.isEmpty ? "00" : digits)
    }

    /// Number and issuer, for messages.
    public var description: String { "\(serialNumber) of \(issuer)" }

    /// Escaped characters are content and stay.
    private static func withoutLooseSpaces(_ text: String) -> String {
        var result = ""
        var pending = ""
        var isEscaped = false
        var isAtStart = true
        for character in text {
            switch character {
            case " " where !isEscaped:
                if !isAtStart { pending.append(character) }
                continue
            case ",", "=", "+":
                // Spaces before a separator go, before an escaped one they are content.
                result += (isEscaped ? pending : "") + String(character)
                isAtStart = !isEscaped
                isEscaped = false
            default:
                result += pending + String(character)
                isAtStart = false
                isEscaped = character == "\\" && !isEscaped
            }
            pending = ""
        }
        return result
    }
}
