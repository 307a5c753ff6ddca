/// Why a text is not a value of its data type.
///
/// The reason is a clause in plain words that follows the name of the attribute ("is not a number") and holds nothing
/// of the text itself, so it may stand in errors and logs.
public struct FormatProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, e.g. "is longer than 64 characters".
    public let reason: String

    /// Makes a problem from its reason.
    public init(_ reason: String) { self.reason = reason }

    /// The reason.
    public var description: String { reason }
}
