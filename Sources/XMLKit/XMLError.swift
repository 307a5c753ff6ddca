/// Why bytes could not be read as a document. Says what and where, never quotes the document.
public struct XMLError: Error, Sendable, Hashable {
    /// The kind of the failure.
    public enum Code: Hashable, Sendable {
        /// The document breaks a rule of XML 1.0 or of Namespaces in XML; also bytes that are illegal in its encoding.
        case notWellFormed
        /// The document has a document type declaration, which no message may have.
        case documentTypeDeclaration
        /// The document refers to an entity other than the five predefined ones.
        case entityReference
        /// The document is larger or deeper than allowed.
        case limitExceeded(XMLLimit)
        /// The encoding named by the transport or by the XML declaration is not supported.
        case unsupportedEncoding
        /// There is no element at all.
        case empty
        /// A schema file cannot be read or is not a schema.
        case unusableSchema
    }

    /// The kind of the failure.
    public let code: Code

    /// The line, from 1; 0 when it is not known.
    public let line: Int

    /// The column, from 1; 0 when it is not known.
    public let column: Int

    /// One plain sentence without a full stop; carries no content of the document.
    public let reason: String

    /// Makes an error.
    public init(_ code: Code, line: Int = 0, column: Int = 0, reason: String) {
        self.code = code
        self.line = line
        self.column = column
        self.reason = reason
    }
}

extension XMLError: CustomStringConvertible {
    /// The reason with its place, fit for a log and for the sender.
    public var description: String {
        guard line > 0 else { return reason }
        guard column > 0 else { return "line \(line): \(reason)" }
        return "line \(line), column \(column): \(reason)"
    }
}
