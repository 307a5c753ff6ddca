/// SubmissionSet.intendedRecipient: `XON|XCN|XTN` with at least one part.
///
/// - Source: ITI TF-3: 4.2.3.3.7.
public struct IntendedRecipient: Hashable, Sendable {
    /// The value as received.
    public let text: String
    /// The organisation.
    public let organization: XON?
    /// The person.
    public let person: XCN?
    /// The address.
    public let telecommunication: XTN?

    /// Reads a recipient.
    ///
    /// - Throws: FormatProblem.
    public init(parsing text: String) throws(FormatProblem) {
        let fields = HL7Components(Substring(text), separator: "|")
        guard (1...3).contains(fields.count) else {
            throw FormatProblem("does not have one to three parts: organisation|person|telecommunication")
        }
        organization = fields[1].isEmpty ? nil : try XON(parsing: String(fields[1]))
        person = fields[2].isEmpty ? nil : try XCN(parsing: String(fields[2]))
        telecommunication = fields[3].isEmpty ? nil : try XTN(parsing: String(fields[3]))
        self.text = text
    }
}
