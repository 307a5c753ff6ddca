/// What is wrong with a file of organisations, and where.
public struct OrganisationImportProblem: Sendable, Equatable, CustomStringConvertible {
    /// The line of the file, from 1.
    public let line: Int
    /// The column, from 1; nil when it is about the whole line.
    public let column: Int?
    /// The name of the column.
    public let name: String?
    /// What is wrong and what would be right.
    public let reason: String

    /// Line, column and reason in one sentence.
    public var description: String {
        guard let column, let name else { return "line \(line): \(reason)" }
        return "line \(line), column \(column) (\(name)): \(reason)"
    }
}

/// A file of organisations that was not taken in, with every problem found.
public struct OrganisationImportError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The problems, in order of their lines.
    public let problems: [OrganisationImportProblem]

    /// One problem a line.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
