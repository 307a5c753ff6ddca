/// One place where a document does not follow a schema.
public struct XSDViolation: Sendable, Hashable {
    /// The line of the element, from 1.
    public let line: Int
    /// What the schema processor says. May quote values of the document, so it is for the sender and for tests, never
    /// for a log.
    public let message: String
}

extension XSDViolation: CustomStringConvertible {
    /// The line alone: fit for a log.
    public var description: String { "line \(line): the schema is violated" }
}
