/// What the Dutch UZI register writes into a certificate: which organisation (and person or system) holds it.
///
/// The text form is seven parts joined by `-`, in a subjectAltName of type otherName 2.5.5.5:
/// `<OID of the issuing CA>-<version>-<UZI number>-<kind>-<URA>-<role>-<AGB>`.
/// Parsing is strict: no other number of parts, no other length, version 1 only.
/// - Source: CIBG, certification practice statement of the UZI register, certificate profiles.
public struct UZIIdentity: Sendable, Hashable {
    /// Whose certificate it is.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A care professional's card.
        case careProvider = "Z"
        /// A named employee's card.
        case namedEmployee = "N"
        /// A card of an employee not on name.
        case unnamedEmployee = "M"
        /// A server certificate: the only kind that may stand for a system on a TLS link.
        case server = "S"
    }

    /// OID of the issuing CA, dotted, e.g. `2.16.528.1.1003.1.3.5.5.5`.
    public let authority: String
    /// UZI number, 9 digits. A renewed certificate has a new one: no stable identity of a system.
    public let number: String
    /// Whose certificate it is.
    public let kind: Kind
    /// URA, the subscriber number of the care organisation, 8 digits with leading zeros.
    public let ura: String
    /// Role code `NN.NNN`; `00.000` for employees and servers.
    public let role: String
    /// AGB code, 8 digits; nil when the certificate says `00000000`.
    public let agb: String?

    /// Parses the text of the otherName.
    /// - Throws: ``UZIIdentityError`` naming the part that is wrong.
    public init(parsing value: String) throws(UZIIdentityError) {
        let parts = value.split(separator: "-", maxSplits: 8, omittingEmptySubsequences: false)
        guard parts.count == 7 else { throw .partCount(parts.count) }
        guard Self.isObjectIdentifier(parts[0]) else { throw .authority }
        guard parts[1] == "1" else { throw .version }
        guard Self.isDigits(parts[2], count: 9) else { throw .number }
        guard let kind = Kind(rawValue: String(parts[3])) else { throw .kind }
        guard Self.isDigits(parts[4], count: 8) else { throw .ura }
        guard Self.isRole(parts[5]), kind == .careProvider || parts[5] == "00.000" else { throw .role }
        guard Self.isDigits(parts[6], count: 8) else { throw .agb }
        authority = String(parts[0])
        number = String(parts[2])
        self.kind = kind
        ura = String(parts[4])
        role = String(parts[5])
        agb = parts[6] == "00000000" ? nil : String(parts[6])
    }

    /// A URA as people write it, in its one comparable form: 8 digits with leading zeros. Nil when it is none.
    public static func normalizedURA(_ text: String) -> String? {
        let digits = text.utf8.drop { $0 == UInt8(ascii: "0") }
        guard !digits.isEmpty, text.utf8.count <= 64, digits.count <= 8, digits.allSatisfy(Self.isDigit) else {
            return nil
        }
        return String(repeating: "0", count: 8 - digits.count) + String(Substring(digits))
    }

    private static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

    private static func isDigits(_ part: Substring, count: Int) -> Bool {
        part.utf8.count == count && part.utf8.allSatisfy(isDigit)
    }

    private static func isRole(_ part: Substring) -> Bool {
        let bytes = Array(part.utf8)
        return bytes.count == 6 && bytes[2] == UInt8(ascii: ".")
            && bytes.enumerated().allSatisfy { $0.offset == 2 || isDigit($0.element) }
    }

    private static func isObjectIdentifier(_ part: Substring) -> Bool {
        let arcs = part.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return part.utf8.count <= 64 && arcs.count >= 2
            && arcs.allSatisfy { arc in
                !arc.isEmpty && arc.allSatisfy(isDigit) && (arc.count == 1 || arc.first != UInt8(ascii: "0"))
            }
    }
}
