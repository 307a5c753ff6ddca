/// A telecommunication address: HL7 v2 XTN, mail (`^^Internet^address`) or phone (`^^PH^^country^area^number`).
///
/// - Source: ITI TF-3: 4.2.3.1.7, Table 4.2.3.1.7-2 (XTN).
public struct XTN: Hashable, Sendable {
    /// The value as received.
    public let text: String

    /// Reads an address. A phone number may also stand unformatted in component 12.
    ///
    /// - Throws: FormatProblem.
    public init(parsing text: String) throws(FormatProblem) {
        let parts = HL7Components(text)
        switch parts[3] {
        case "Internet":
            guard !parts[4].isEmpty else { throw FormatProblem("has no mail address in component 4") }
        case "PH", "CP":
            guard !parts[7].isEmpty || !parts[12].isEmpty else {
                throw FormatProblem("has no number in component 7 or 12")
            }
        default:
            throw FormatProblem("has neither Internet, PH nor CP in component 3")
        }
        self.text = text
    }
}
