/// One value of sourcePatientInfo: `PID-n|value`, a field of the PID segment of the sender.
///
/// Fields 2, 4, 12 and 19 are not to be sent: they hold superseded ids and the number of a national register. A field
/// that may repeat does so in several values, or in one with `~`; PID-7 and PID-8 have one value.
/// - Source: ITI TF-3: 4.2.3.2.23.
public struct SourcePatientInfo: Hashable, Sendable {
    /// The value as received.
    public let text: String
    /// Number of the PID field, 1 to 39.
    public let field: Int

    private static let withheld: Set<Int> = [2, 4, 12, 19]
    private static let single: Set<Int> = [7, 8]

    /// Reads a value.
    ///
    /// - Throws: FormatProblem; its reason does not repeat the text.
    public init(parsing text: String) throws(FormatProblem) {
        guard text.hasPrefix("PID-"), let bar = text.utf8.firstIndex(of: UInt8(ascii: "|")) else {
            throw FormatProblem("is not of the form PID-n|value")
        }
        let digits = text[text.utf8.index(text.startIndex, offsetBy: 4)..<bar]
        guard let field = Int(digits), digits.utf8.allSatisfy(TextFormat.isDigit), (1...39).contains(field) else {
            throw FormatProblem("does not name a PID field from 1 to 39")
        }
        guard !Self.withheld.contains(field) else { throw FormatProblem("has PID-\(field), which is not to be sent") }
        guard !Self.single.contains(field) || !text[bar...].utf8.contains(UInt8(ascii: "~")) else {
            throw FormatProblem("has several values of PID-\(field); one is allowed")
        }
        self.field = field
        self.text = text
    }
}
