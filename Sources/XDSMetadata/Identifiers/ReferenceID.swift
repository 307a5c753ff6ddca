/// An entry of referenceIdList: HL7 v2 CXi, `id^^^[namespace]&OID&ISO^typeCode`, with an optional home community.
///
/// An id that is not unique by itself (an accession, order, referral or encounter number) needs its assigning authority:
/// a namespace, or OID and ISO.
/// - Source: ITI TF-3: 4.2.3.2.28 and 4.2.3.1.7 (CXi); CP-ITI-1292 for component 6.
public struct ReferenceID: Hashable, Sendable {
    /// The value as received.
    public let text: String

    /// Type codes whose ids are numbers of one organisation.
    private static let localTypes: Set<String> = [
        "urn:ihe:iti:xds:2013:accession", "urn:ihe:iti:xds:2013:referral", "urn:ihe:iti:xds:2013:order",
        "urn:ihe:iti:xds:2015:encounterId",
    ]

    private static func isGloballyUnique(_ id: Substring) -> Bool {
        id.hasPrefix("urn:") || OID.problem(in: id) == nil
    }

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
        let authority = try HL7AssigningAuthority.parse(parts[4])
        let isLocal = Self.localTypes.contains(String(parts[5])) && !Self.isGloballyUnique(parts[1])
        guard authority != nil || !isLocal else {
            throw FormatProblem("has no assigning authority in component 4, and its id is not unique without one")
        }
        self.text = text
    }

    /// Component 1.
    public var id: Substring { HL7Components(text)[1] }

    /// Component 5: what kind of reference it is.
    public var typeCode: Substring { HL7Components(text)[5] }
}
