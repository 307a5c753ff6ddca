public import XMLKit

/// The namespaces of SOAP and what travels in its header.
/// - Source: ITI TF-2: Appendix V.3
public enum SOAPNamespace {
    /// SOAP 1.2, the only version spoken.
    public static let soap12 = "http://www.w3.org/2003/05/soap-envelope"
    /// SOAP 1.1, recognised to be refused by name.
    public static let soap11 = "http://schemas.xmlsoap.org/soap/envelope/"
    /// WS-Addressing 1.0.
    public static let addressing = "http://www.w3.org/2005/08/addressing"
    /// XOP, the references to MIME parts.
    public static let xop = "http://www.w3.org/2004/08/xop/include"
    /// WS-Security 1.0.
    public static let security = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
    /// Our own details of faults.
    public static let gateway = "urn:zorgnetoost:xds:gateway"
}

/// Names of elements and attributes of the envelope.
public enum SOAPName {
    /// `soap12:Envelope`.
    public static let envelope = QualifiedName(SOAPNamespace.soap12, "Envelope")
    /// `soap12:Header`.
    public static let header = QualifiedName(SOAPNamespace.soap12, "Header")
    /// `soap12:Body`.
    public static let body = QualifiedName(SOAPNamespace.soap12, "Body")
    /// `soap12:Fault`.
    public static let fault = QualifiedName(SOAPNamespace.soap12, "Fault")
    /// The attribute `soap12:mustUnderstand`.
    public static let mustUnderstand = QualifiedName(SOAPNamespace.soap12, "mustUnderstand")
    /// The attribute `soap12:role`.
    public static let role = QualifiedName(SOAPNamespace.soap12, "role")
    /// `wsse:Security`.
    public static let security = QualifiedName(SOAPNamespace.security, "Security")
    /// `xop:Include`.
    public static let include = QualifiedName(SOAPNamespace.xop, "Include")
    /// `gw:RequestId` in the detail of our faults.
    public static let requestID = QualifiedName(SOAPNamespace.gateway, "RequestId")
}
