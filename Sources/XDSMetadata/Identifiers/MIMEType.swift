/// mimeType of a DocumentEntry: `type/subtype` of RFC 2046, parameters allowed; any type the sender wants.
///
/// - Source: ITI TF-3: 4.2.3.2.15.
public struct MIMEType: Hashable, Sendable, CustomStringConvertible {
    /// The value as received.
    public let text: String

    /// Reads a media type: two tokens joined by a slash, at most 256 characters in all.
    ///
    /// - Throws: FormatProblem.
    public init(parsing text: String) throws(FormatProblem) {
        guard text.utf8.count <= 256 else { throw FormatProblem("is longer than 256 characters") }
        let names = TextFormat.split(TextFormat.split(text, at: ";")[0], at: "/").map(TextFormat.trimmed)
        guard names.count == 2, names.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(Self.isTokenByte) }),
            TextFormat.isPrintableASCII(text)
        else { throw FormatProblem("is not of the form type/subtype") }
        self.text = text
    }

    /// The value as received.
    public var description: String { text }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        TextFormat.isLetterOrDigit(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
}
