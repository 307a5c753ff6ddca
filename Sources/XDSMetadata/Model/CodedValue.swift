/// A code of a coding scheme, with the name it is shown by.
///
/// XDS compares code and scheme, never the display name; so do `==` and hashing.
/// - Source: ITI TF-3: 4.2.3.1.2.
public struct CodedValue: Hashable, Sendable {
    /// The code, at most 256 characters.
    public let code: String
    /// The coding scheme: an OID, a DICOM UID or designator.
    public let codingScheme: String
    /// The name it is shown by.
    public let displayName: String

    /// Makes a code of its parts.
    public init(code: String, codingScheme: String, displayName: String) {
        self.code = code
        self.codingScheme = codingScheme
        self.displayName = displayName
    }

    /// Reads the form that queries use: `code^^codingScheme`; white space around both parts is dropped.
    ///
    /// - Throws: FormatProblem, e.g. if the scheme is missing.
    /// - Source: ITI TF-2: 3.18.4.1.2.3.4.
    public init(parsing text: String) throws(FormatProblem) {
        let parts = HL7Components(text)
        guard parts.count == 3, parts[2].isEmpty else { throw FormatProblem("is not of the form code^^codingScheme") }
        code = String(TextFormat.trimmed(parts[1]))
        codingScheme = String(TextFormat.trimmed(parts[3]))
        displayName = ""
        guard !code.isEmpty, !codingScheme.isEmpty else { throw FormatProblem("lacks the code or its coding scheme") }
    }

    /// `code^^codingScheme`: what queries compare with.
    public var key: String { code + "^^" + codingScheme }

    /// Code and scheme are equal.
    public static func == (left: CodedValue, right: CodedValue) -> Bool {
        left.code == right.code && left.codingScheme == right.codingScheme
    }

    /// Feeds code and scheme.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(code)
        hasher.combine(codingScheme)
    }
}
