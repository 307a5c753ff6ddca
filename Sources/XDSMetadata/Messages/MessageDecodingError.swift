public import XMLKit

/// A message whose elements are not those of its schema: a mandatory element or attribute is missing, or a foreign one
/// stands in its place.
///
/// The caller answers it with XDSRegistryMetadataError, XDSRepositoryMetadataError or XDSRegistryError, as fits its
/// transaction.
public struct MessageDecodingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, in plain words and without content of the message.
    public let reason: String
    /// Line of the element in the message, from 1.
    public let line: Int

    /// Makes an error about an element.
    public init(_ reason: String, at element: XMLElement) {
        self.reason = reason
        line = element.line
    }

    /// Reason and line.
    public var description: String { "\(reason) (line \(line))" }
}
