extension PatientDomain {
    /// Reads the configuration of namespaces: `NAME=OID`, separated by commas; an empty text is none.
    ///
    /// - Throws: FormatProblem.
    public static func namespaces(parsing text: String) throws(FormatProblem) -> [String: OID] {
        var result: [String: OID] = [:]
        for part in TextFormat.split(text, at: ",").map({ TextFormat.trimmed($0) }) where !part.isEmpty {
            let sides = part.split(separator: "=", omittingEmptySubsequences: false)
            guard sides.count == 2, !sides[0].isEmpty else {
                throw FormatProblem("is not of the form NAME=OID,NAME=OID")
            }
            let name = String(TextFormat.trimmed(sides[0]))
            guard result[name] == nil else { throw FormatProblem("names \(name) twice") }
            do {
                result[name] = try OID(parsing: String(TextFormat.trimmed(sides[1])))
            } catch {
                throw FormatProblem("gives \(name) something else than an OID")
            }
        }
        return result
    }
}
