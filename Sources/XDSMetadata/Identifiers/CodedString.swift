/// authorRole or authorSpecialty: free text, or a code with its scheme as `code^^^&OID&ISO`.
///
/// Text may hold `^`; only what has an assigning authority in component 4 is taken for a code, and is checked as one.
/// - Source: ITI TF-3: 4.2.3.1.4.2 and 4.2.3.1.7 (Coded String).
public struct CodedString: Hashable, Sendable {
    /// The value as received.
    public let text: String

    /// Reads a value.
    ///
    /// - Throws: FormatProblem for a code that is not of the form `code^^^&OID&ISO`.
    public init(parsing text: String) throws(FormatProblem) {
        let parts = HL7Components(text)
        if parts[4].utf8.contains(UInt8(ascii: "&")) {
            guard !parts[1].isEmpty else { throw FormatProblem("has no code before the first ^") }
            if let place = parts.firstFilledPlace(outside: [1, 4]) {
                throw FormatProblem("has a value in component \(place); a coded text is code^^^&OID&ISO")
            }
            guard let scheme = try HL7AssigningAuthority.parse(parts[4]), !scheme.universalID.isEmpty,
                scheme.namespace.isEmpty
            else { throw FormatProblem("has no coding scheme of the form &OID&ISO in component 4") }
        }
        self.text = text
    }
}
