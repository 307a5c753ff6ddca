/// size of a DocumentEntry: decimal digits, compared as a number, so leading zeros do no harm.
///
/// - Source: ITI TF-3: 4.2.3.2.21.
enum DocumentSize {
    static func parse(_ text: String) throws(FormatProblem) -> Int64 {
        guard !text.isEmpty, text.utf8.allSatisfy(TextFormat.isDigit) else { throw FormatProblem("is not a number") }
        guard let size = Int64(text) else { throw FormatProblem("is too large") }
        return size
    }
}
