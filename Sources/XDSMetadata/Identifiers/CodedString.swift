/// authorRole or authorSpecialty: free text, or a code with its scheme as `code^^^&OID&ISO`.
///
/// - Source: ITI TF-3: 4.2.3.1.4.2 and 4.2.3.1.7 (Coded String).
public struct CodedString: Hashable, Sendable {
    /// The value as received.
    public let text: String

    /// Reads a value: text without `^` is free, every other one is a code of a scheme.
    ///
    /// - Throws: FormatProblem.
    public init(parsing text: String) throws(FormatProblem) {
        let parts = HL7Components(text)
        if parts.count > 1 {
            guard !parts[1].isEmpty else { throw FormatProblem("has no code before the first ^") }
            if let place = parts.firstFilledPlace(outside: [1, 4]) {
                throw FormatProblem("has a value in component \(place); a coded text is code^^^&OID&ISO")
            }
            guard let scheme = try HL7AssigningAuthority.parse(parts[4]), !scheme.universalID.isEmpty else {
                throw FormatProblem("has no coding scheme; a coded text is code^^^&OID&ISO")
            }
            guard scheme.namespace.isEmpty else {
                throw FormatProblem("has a namespace beside its coding scheme; a coded text is code^^^&OID&ISO")
            }
        }
        self.text = text
    }
}
