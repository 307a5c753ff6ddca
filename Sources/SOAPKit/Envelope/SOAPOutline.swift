import XMLKit

/// The bare structure of an envelope: version, header, and the one element in the body.
struct SOAPOutline {
    let header: XMLElement?
    let payload: XMLElement

    init(_ document: XMLDocument) throws(SOAPFault) {
        let root = document.root
        guard root.is(SOAPName.envelope) else {
            guard root.localName == "Envelope" else {
                throw .sender("The document is not a SOAP envelope: its root element is not Envelope.")
            }
            let version = root.namespaceURI == SOAPNamespace.soap11 ? "a SOAP 1.1 envelope" : "an unknown SOAP version"
            throw .versionMismatch("This is \(version); only SOAP 1.2 (\(SOAPNamespace.soap12)) is supported.")
        }
        let children = Array(root.children)
        var rest = children[...]
        header = rest.first.flatMap { $0.is(SOAPName.header) ? $0 : nil }
        if header != nil { rest = rest.dropFirst() }
        guard let body = rest.popFirst(), body.is(SOAPName.body) else {
            throw .sender(
                "The SOAP envelope has no Body where it belongs, after an optional Header (line \(root.line)).")
        }
        if let extra = rest.first {
            throw .sender("The SOAP envelope has an element after its Body (line \(extra.line)).")
        }
        var payloads = body.children
        guard let payload = payloads.next() else {
            throw .sender("The SOAP Body is empty (line \(body.line)).")
        }
        if let second = payloads.next() {
            throw .sender("The SOAP Body has more than one element (line \(second.line)).")
        }
        self.payload = payload
    }

    /// The message id of a document whose envelope may be wrong.
    static func messageID(of document: XMLDocument) -> String? {
        WSAddressing.messageID(in: document.root.first(SOAPName.header))
    }
}
