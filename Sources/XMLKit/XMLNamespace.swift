/// Namespaces that belong to XML itself. Those of a vocabulary live with the vocabulary.
public enum XMLNamespace {
    /// The namespace bound to the prefix `xml` in every document (`xml:lang`, `xml:id`).
    public static let xml = "http://www.w3.org/XML/1998/namespace"

    /// The namespace of namespace declarations themselves.
    public static let xmlns = "http://www.w3.org/2000/xmlns/"

    /// XML Schema instance attributes (`xsi:type`, `xsi:nil`).
    public static let xsi = "http://www.w3.org/2001/XMLSchema-instance"

    /// XML Schema itself.
    public static let xsd = "http://www.w3.org/2001/XMLSchema"
}
