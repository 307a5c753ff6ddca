/// ISO object identifier: digits and dots, no leading zero in an arc, at least two arcs, at most 64 characters.
///
/// The first arc is not limited to 0, 1 and 2: identifiers outside that range are in use.
/// - Source: ITI TF-3: 4.2.3.1.7, Table 4.2.3.1.7-2 (OID).
public struct OID: Hashable, Sendable, CustomStringConvertible {
    /// The identifier as text.
    public let text: String

    /// Reads an OID.
    ///
    /// - Throws: FormatProblem.
    public init(parsing text: String) throws(FormatProblem) {
        if let problem = Self.problem(in: Substring(text)) { throw problem }
        self.text = text
    }

    /// The identifier as text.
    public var description: String { text }

    /// What is wrong with the text, or nil for an OID.
    static func problem(in text: Substring) -> FormatProblem? {
        let bytes = text.utf8
        guard !bytes.isEmpty else { return FormatProblem("is empty") }
        guard bytes.count <= 64 else { return FormatProblem("is longer than 64 characters") }
        var arcs = 0
        var length = 0
        var leadingZero = false
        for byte in bytes {
            if byte == UInt8(ascii: ".") {
                guard length > 0 else { return FormatProblem("has an empty arc") }
                arcs += 1
                length = 0
                leadingZero = false
            } else if TextFormat.isDigit(byte) {
                if leadingZero { return FormatProblem("has an arc with a leading zero") }
                leadingZero = length == 0 && byte == UInt8(ascii: "0")
                length += 1
            } else {
                return FormatProblem("is not an OID: it has other characters than digits and dots")
            }
        }
        guard length > 0 else { return FormatProblem("has an empty arc") }
        return arcs == 0 ? FormatProblem("is not an OID: it has only one arc") : nil
    }
}
