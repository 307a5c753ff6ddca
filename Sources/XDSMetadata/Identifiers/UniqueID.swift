/// uniqueId of a DocumentEntry: opaque; an OID, `root^extension`, a UUID URN or another URI.
///
/// At most 128 printable ASCII characters; compared exactly.
/// - Source: ITI TF-3: 4.2.3.2.26.
public struct UniqueID: Hashable, Sendable, CustomStringConvertible {
    /// The id as text.
    public let text: String

    /// Reads an id.
    ///
    /// - Throws: FormatProblem.
    public init(parsing text: String) throws(FormatProblem) {
        guard !text.isEmpty else { throw FormatProblem("is empty") }
        guard text.utf8.count <= 128 else { throw FormatProblem("is longer than 128 characters") }
        guard TextFormat.isPrintableASCII(text) else {
            throw FormatProblem("has characters that are not printable ASCII")
        }
        self.text = text
    }

    /// The id as text.
    public var description: String { text }
}
