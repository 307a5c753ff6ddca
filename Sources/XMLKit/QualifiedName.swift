/// The expanded name of an element or attribute: namespace and local part, never the prefix.
///
/// An empty `namespaceURI` means "in no namespace".
/// - Source: Namespaces in XML 1.0, section 2.1 (expanded name)
public struct QualifiedName: Hashable, Sendable {
    /// The namespace name, empty when the name is in no namespace.
    public let namespaceURI: String

    /// The local part.
    public let localName: String

    /// Makes a name from its namespace and its local part.
    public init(_ namespaceURI: String, _ localName: String) {
        self.namespaceURI = namespaceURI
        self.localName = localName
    }

    /// Local parts differ far more often than namespaces do, so they are compared first.
    public static func == (left: QualifiedName, right: QualifiedName) -> Bool {
        left.localName == right.localName && left.namespaceURI == right.namespaceURI
    }
}

extension QualifiedName: CustomStringConvertible {
    /// The name in the usual `{namespace}local` notation.
    public var description: String {
        namespaceURI.isEmpty ? localName : "{\(namespaceURI)}\(localName)"
    }
}
