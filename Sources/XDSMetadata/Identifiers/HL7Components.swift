/// Components of one HL7 v2 field, counted from 1 as HL7 does; absent ones read as empty.
///
/// Escape sequences (`\T\` and so on) stay as they are: XDS compares and returns the text unchanged.
struct HL7Components {
    private let parts: [Substring]

    /// Splits the text at `^`.
    init(_ text: String) { parts = TextFormat.split(text, at: "^") }

    /// Splits the text at another separator: `&` for subcomponents, `|` for fields.
    init(_ text: Substring, separator: Unicode.Scalar) { parts = TextFormat.split(text, at: separator) }

    /// Number of components, trailing empty ones not counted.
    var count: Int { (parts.lastIndex { !$0.isEmpty } ?? -1) + 1 }

    /// Number of components as written.
    var writtenCount: Int { parts.count }

    /// The component at the place HL7 gives it.
    subscript(place: Int) -> Substring { place <= parts.count ? parts[place - 1] : Substring() }

    /// The first place outside the allowed ones that is not empty.
    func firstFilledPlace(outside allowed: Set<Int>) -> Int? {
        parts.indices.first { !parts[$0].isEmpty && !allowed.contains($0 + 1) }.map { $0 + 1 }
    }
}

/// Assigning authority `[namespace]&OID&ISO` inside an HL7 v2 component.
struct HL7AssigningAuthority {
    let namespace: Substring
    let universalID: Substring

    /// Reads a component; nil if it is empty.
    ///
    /// - Throws: FormatProblem if the OID is not one, or the type is not `ISO`.
    static func parse(_ component: Substring) throws(FormatProblem) -> HL7AssigningAuthority? {
        if component.isEmpty { return nil }
        let parts = HL7Components(component, separator: "&")
        guard parts.count <= 3 else { throw FormatProblem("has an assigning authority of more than 3 parts") }
        let authority = HL7AssigningAuthority(namespace: parts[1], universalID: parts[2])
        if parts[2].isEmpty && parts[3].isEmpty { return authority }
        if let problem = OID.problem(in: parts[2]) {
            throw FormatProblem("has an assigning authority whose OID \(problem.reason)")
        }
        guard parts[3] == "ISO" else { throw FormatProblem("has an assigning authority whose type is not ISO") }
        return authority
    }
}
