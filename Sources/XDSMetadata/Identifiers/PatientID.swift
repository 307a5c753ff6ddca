/// Patient id with its assigning authority: HL7 v2 CX, here always `id^^^&OID&ISO`.
///
/// Its descriptions never show the id, so that it cannot slip into a log; ask for `cx` where the wire needs it.
/// - Source: ITI TF-3: 4.2.3.1.7, Table 4.2.3.1.7-2 (CX).
public struct PatientID: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Wire form, and the key under which the registry knows the patient.
    public let cx: String
    /// The domain that gave the id.
    public let assigningAuthority: OID

    /// Reads a CX strictly: four components, the second and third and the namespace empty, type ISO.
    ///
    /// - Throws: FormatProblem; its reason does not repeat the text.
    public init(parsing cx: String) throws(FormatProblem) {
        let parts = HL7Components(cx)
        guard !parts[1].isEmpty else { throw FormatProblem("has no id") }
        guard parts[2].isEmpty, parts[3].isEmpty else {
            throw FormatProblem("is not of the form id^^^&OID&ISO: component 2 or 3 is not empty")
        }
        guard parts.writtenCount == 4 else {
            throw FormatProblem("is not of the form id^^^&OID&ISO: it does not have 4 components")
        }
        guard let authority = try HL7AssigningAuthority.parse(parts[4]), !authority.universalID.isEmpty else {
            throw FormatProblem("has no assigning authority")
        }
        guard authority.namespace.isEmpty else { throw FormatProblem("has a namespace id; only &OID&ISO is allowed") }
        assigningAuthority = try OID(parsing: String(authority.universalID))
        self.cx = cx
    }

    /// The id without its assigning authority.
    public var id: Substring { HL7Components(cx)[1] }

    /// A fixed word: never the id.
    public var description: String { "(patient id)" }

    /// A fixed word: never the id.
    public var debugDescription: String { description }

    /// Without children: `dump` shows nothing either.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
