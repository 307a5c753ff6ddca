/// A pattern of LIKE: `%` stands for any run of characters, `_` for one. Compared with the whole text, case counts.
///
/// A store whose LIKE knows an escape character has to switch it off: XDS has none, and `\` occurs in HL7 text.
/// - Source: ITI TF-2: 3.18.4.1.2.3.5.
public struct LikePattern: Hashable, Sendable {
    /// The pattern as received.
    public let text: String

    /// Makes a pattern.
    public init(_ text: String) { self.text = text }

    /// Whether it has no wildcard, so that equality does.
    public var isLiteral: Bool { !text.unicodeScalars.contains { $0 == "%" || $0 == "_" } }

    /// Whether the whole text fits the pattern.
    public func matches(_ candidate: String) -> Bool {
        let pattern = Array(text.unicodeScalars)
        let scalars = Array(candidate.unicodeScalars)
        var (place, index) = (0, 0)
        var retry: (place: Int, index: Int)?
        while index < scalars.count {
            if place < pattern.count, pattern[place] == "%" {
                retry = (place + 1, index)
                place += 1
            } else if place < pattern.count, pattern[place] == "_" || pattern[place] == scalars[index] {
                place += 1
                index += 1
            } else if let last = retry {
                retry = (last.place, last.index + 1)
                (place, index) = (last.place, last.index + 1)
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == "%" }
    }
}
