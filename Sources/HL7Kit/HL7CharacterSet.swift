/// The character set of a message, as its MSH-18 names it.
///
/// - Source: HL7 v2.3.1, chapter 2, section 2.24.1.18, table 0211.
public enum HL7CharacterSet: Hashable, Sendable {
    /// `ASCII`.
    case ascii
    /// `8859/1`.
    case latin1
    /// `8859/15`.
    case latin9
    /// `UNICODE UTF-8`.
    case utf8
    /// MSH-18 is empty. The standard says ASCII; what senders mean is UTF-8, or 8859/1 where the bytes are no UTF-8.
    case unstated

    /// The set of MSH-18; nil for one that is not supported. More than one (ISO 2022 switching) is not.
    init?(name: some StringProtocol) {
        switch name.uppercased() {
        case "": self = .unstated
        case "ASCII": self = .ascii
        case "8859/1": self = .latin1
        case "8859/15": self = .latin9
        case "UNICODE UTF-8", "UTF-8": self = .utf8
        default: return nil
        }
    }

    /// The text of bytes; nil if they are not of this set.
    func decode(_ bytes: some Collection<UInt8>) -> String? {
        switch self {
        case .ascii: bytes.allSatisfy { $0 < 0x80 } ? String(decoding: bytes, as: UTF8.self) : nil
        case .utf8: String(validating: bytes, as: UTF8.self)
        case .latin1: Self.decode8859(bytes, exceptions: [:])
        case .latin9: Self.decode8859(bytes, exceptions: Self.latin9Scalars)
        case .unstated: String(validating: bytes, as: UTF8.self) ?? Self.decode8859(bytes, exceptions: [:])
        }
    }

    /// The bytes of a text; a character outside of the set becomes a question mark.
    func encode(_ text: String) -> [UInt8] {
        switch self {
        case .utf8, .unstated: Array(text.utf8)
        case .ascii: text.unicodeScalars.map { $0.value < 0x80 ? UInt8($0.value) : UInt8(ascii: "?") }
        case .latin1: text.unicodeScalars.map { UInt8(exactly: $0.value) ?? UInt8(ascii: "?") }
        case .latin9:
            text.unicodeScalars.map { scalar in
                if let byte = Self.latin9Scalars.first(where: { $0.value == scalar })?.key { return byte }
                let byte = UInt8(exactly: scalar.value) ?? UInt8(ascii: "?")
                return Self.latin9Scalars[byte] == nil ? byte : UInt8(ascii: "?")
            }
        }
    }

    private static func decode8859(
        _ bytes: some Collection<UInt8>, exceptions: [UInt8: Unicode.Scalar]
    ) -> String {
        var scalars = String.UnicodeScalarView()
        for byte in bytes { scalars.append(exceptions[byte] ?? Unicode.Scalar(byte)) }
        return String(scalars)
    }

    /// The places where 8859/15 differs from 8859/1.
    private static let latin9Scalars: [UInt8: Unicode.Scalar] = [
        0xA4: "\u{20AC}", 0xA6: "\u{0160}", 0xA8: "\u{0161}", 0xB4: "\u{017D}", 0xB8: "\u{017E}", 0xBC: "\u{0152}",
        0xBD: "\u{0153}", 0xBE: "\u{0178}",
    ]
}
