/// A language tag of RFC 5646, e.g. `nl-NL`; checked for its form, not against the registry of subtags.
///
/// - Source: ITI TF-3: 4.2.3.2.13.
public struct LanguageCode: Hashable, Sendable, CustomStringConvertible {
    /// The tag as received.
    public let text: String

    /// Reads a tag: subtags of 1 to 8 letters and digits, joined by hyphens; the first one of letters.
    ///
    /// - Throws: FormatProblem.
    public init(parsing text: String) throws(FormatProblem) {
        let subtags = TextFormat.split(text, at: "-")
        let isTag = subtags.allSatisfy {
            (1...8).contains($0.utf8.count) && $0.utf8.allSatisfy(TextFormat.isLetterOrDigit)
        }
        guard isTag, let first = subtags.first, first.utf8.allSatisfy(TextFormat.isLetter) else {
            throw FormatProblem("is not a language tag of RFC 5646")
        }
        guard first.utf8.count > 1 || subtags.count > 1 else {
            throw FormatProblem("is not a language tag of RFC 5646")
        }
        self.text = text
    }

    /// The tag as received.
    public var description: String { text }
}
