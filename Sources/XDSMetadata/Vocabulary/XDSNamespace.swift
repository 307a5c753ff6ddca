import XMLKit

/// Namespaces of XDS messages, and the prefixes this product writes for them.
///
/// - Source: ITI TF-2: Appendix V; ebRS 3.0.
public enum XDSNamespace {
    /// ebXML registry information model, prefix `rim`.
    public static let rim = "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"
    /// ebXML registry services, prefix `rs`.
    public static let rs = "urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0"
    /// ebXML life cycle management, prefix `lcm`.
    public static let lcm = "urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0"
    /// ebXML query management, prefix `query`.
    public static let query = "urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0"
    /// IHE document repository, prefix `xds`.
    public static let xds = "urn:ihe:iti:xds-b:2007"
    /// Remove Metadata and Documents, prefix `rmd`.
    public static let rmd = "urn:ihe:iti:rmd:2017"
    /// XOP include, prefix `xop`.
    public static let xop = "http://www.w3.org/2004/08/xop/include"
    /// HL7 v3, for the patient identity feed.
    public static let hl7 = "urn:hl7-org:v3"
    /// The `xml` prefix, for `xml:lang`.
    public static let xml = "http://www.w3.org/XML/1998/namespace"
}

extension QualifiedName {
    static func rim(_ localName: String) -> QualifiedName { QualifiedName(XDSNamespace.rim, localName) }
    static func rs(_ localName: String) -> QualifiedName { QualifiedName(XDSNamespace.rs, localName) }
    static func lcm(_ localName: String) -> QualifiedName { QualifiedName(XDSNamespace.lcm, localName) }
    static func query(_ localName: String) -> QualifiedName { QualifiedName(XDSNamespace.query, localName) }
    static func xds(_ localName: String) -> QualifiedName { QualifiedName(XDSNamespace.xds, localName) }
}
