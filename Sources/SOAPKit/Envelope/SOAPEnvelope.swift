public import XMLKit

/// A SOAP 1.2 envelope that has been checked: version, structure, understood headers and addressing.
/// - Source: SOAP 1.2 part 1, section 5; ITI TF-2: Appendix V.3
public struct SOAPEnvelope: Sendable {
    /// The whole document.
    public let document: XMLDocument
    /// `soap12:Header`, optional in SOAP (but the addressing inside it is required).
    public let header: XMLElement?
    /// The WS-Addressing properties.
    public let addressing: WSAddressing
    /// The one element inside `soap12:Body`.
    public let body: XMLElement

    /// `wsse:Security`, `nil` when the request carries none. Of several, the first that is targeted at us.
    public var security: XMLElement? {
        guard let header else { return nil }
        return header.all(SOAPName.security).first { SOAPHeaderBlock.isForUs($0) }
    }

    /// `wsa:MessageID` of the request.
    public var messageID: String? { addressing.messageID }
    /// `wsa:To` of the request.
    public var to: String? { addressing.to }
    /// The address in `wsa:ReplyTo` of the request.
    public var replyTo: String? { addressing.replyTo }

    /// Checks a document and takes it apart, in the order that SOAP prescribes: version, structure, headers that must
    /// be understood, addressing.
    /// - Parameters:
    ///   - document: the parsed message.
    ///   - understood: headers besides WS-Addressing that are understood.
    /// - Throws: the fault to answer with, see section 4 of the errors of the Framework.
    public static func decode(
        _ document: XMLDocument, understood: Set<QualifiedName> = [SOAPName.security]
    ) throws(SOAPFault) -> SOAPEnvelope {
        let outline = try SOAPOutline(document)
        try SOAPHeaderBlock.checkUnderstood(outline.header, understood: understood)
        return SOAPEnvelope(
            document: document, header: outline.header, addressing: try .decode(header: outline.header),
            body: outline.payload)
    }
}
