/// A person: HL7 v2 XCN, `id^family^given^further^suffix^prefix^degree^^&OID&ISO`.
///
/// An id or a family name is there; the assigning authority only beside an id, without namespace.
/// - Source: ITI TF-3: 4.2.3.1.7, Table 4.2.3.1.7-2 (XCN).
public struct XCN: Hashable, Sendable {
    /// The value as received.
    public let text: String

    /// Reads a person. Trailing delimiters are ignored.
    ///
    /// - Throws: FormatProblem.
    public init(parsing text: String) throws(FormatProblem) {
        let parts = HL7Components(text)
        guard !parts[1].isEmpty || !parts[2].isEmpty else {
            throw FormatProblem("names no person: both id and family name are empty")
        }
        if let authority = try HL7AssigningAuthority.parse(parts[9]) {
            guard !parts[1].isEmpty else { throw FormatProblem("has an assigning authority without an id") }
            guard authority.namespace.isEmpty else {
                throw FormatProblem("has an assigning authority with a namespace id; only &OID&ISO is allowed")
            }
        }
        self.text = text
    }

    /// Component 1; empty if there is none.
    public var id: Substring { HL7Components(text)[1] }

    /// Component 2; empty if there is none.
    public var familyName: Substring { HL7Components(text)[2] }
}
