/// An entry of referenceIdList: HL7 v2 CXi, `id^^^[namespace]&OID&ISO^typeCode`, with an optional home community.
///
/// Component 4 is needed for an id that is not unique by itself, which only the sender can know: it is checked if it is
/// there.
/// - Source: ITI TF-3: 4.2.3.2.28 and 4.2.3.1.7 (CXi); CP-ITI-1292 for component 6.
public struct ReferenceID: Hashable, Sendable {
    /// The value as received.
    public let text: String

    /// Reads a reference. Components 2 and 3 are empty, the type code in 5 is required.
    ///
    /// - Throws: FormatProblem.
    public init(parsing text: String) throws(FormatProblem) {
        let parts = HL7Components(text)
        guard !parts[1].isEmpty else { throw FormatProblem("has no id") }
        if let place = parts.firstFilledPlace(outside: [1, 4, 5, 6]) {
            throw FormatProblem("has a value in component \(place); only 1, 4, 5 and 6 are used")
        }
        guard !parts[5].isEmpty else { throw FormatProblem("has no type code in component 5") }
        _ = try HL7AssigningAuthority.parse(parts[4])
        self.text = text
    }

    /// Component 1.
    public var id: Substring { HL7Components(text)[1] }

    /// Component 5: what kind of reference it is.
    public var typeCode: Substring { HL7Components(text)[5] }
}
