/// An organisation: HL7 v2 XON. Component 1 is the name, 10 the id, 6 the authority of an id that is no OID.
///
/// - Source: ITI TF-3: 4.2.3.1.7, Table 4.2.3.1.7-2 (XON).
public struct XON: Hashable, Sendable {
    /// The value as received.
    public let text: String

    /// Reads an organisation.
    ///
    /// - Throws: FormatProblem.
    public init(parsing text: String) throws(FormatProblem) {
        let parts = HL7Components(text)
        guard !parts[1].isEmpty else { throw FormatProblem("has no organisation name") }
        if let place = parts.firstFilledPlace(outside: [1, 6, 10]) {
            throw FormatProblem("has a value in component \(place); only 1, 6 and 10 are used")
        }
        let authority = try HL7AssigningAuthority.parse(parts[6])
        guard authority?.namespace.isEmpty ?? true else {
            throw FormatProblem("has an assigning authority with a namespace id; only &OID&ISO is allowed")
        }
        if parts[10].isEmpty {
            guard authority == nil else { throw FormatProblem("has an assigning authority without an id") }
        } else if OID.problem(in: parts[10]) != nil {
            guard let authority, !authority.universalID.isEmpty else {
                throw FormatProblem("has an id that is neither an OID nor has an assigning authority")
            }
        }
        self.text = text
    }

    /// Name of the organisation.
    public var name: Substring { HL7Components(text)[1] }

    /// Id of the organisation; empty if there is none.
    public var id: Substring { HL7Components(text)[10] }
}
