public import XMLKit

extension WSAddressing {
    private static let single = ["Action", "MessageID", "To", "ReplyTo", "FaultTo", "From"]

    /// Reads the properties from a SOAP header.
    /// - Throws: `wsa:MessageAddressingHeaderRequired` when there is no Action; `wsa:InvalidAddressingHeader` with
    ///   `wsa:InvalidCardinality` for a header given twice, and without it for an empty or incomplete one.
    public static func decode(header: XMLElement?) throws(SOAPFault) -> WSAddressing {
        var found: [String: XMLElement] = [:]
        var relatesTo: [String] = []
        if let header {
            for block in header.children where block.namespaceURI == SOAPNamespace.addressing {
                let localName = block.localName
                if localName == "RelatesTo" { relatesTo.append(block.trimmedText) }
                guard single.contains(localName) else { continue }
                guard found.updateValue(block, forKey: localName) == nil else {
                    throw .invalidAddressing(
                        localName, "InvalidCardinality", "The WS-Addressing header \(localName) occurs more than once.")
                }
            }
        }
        guard let actionBlock = found["Action"] else { throw .addressingRequired("Action", missingAction(header)) }
        let action = actionBlock.trimmedText
        guard !action.isEmpty else {
            throw .invalidAddressing("Action", nil, "The WS-Addressing header Action is empty.")
        }
        return WSAddressing(
            action: action,
            messageID: nonEmpty(found["MessageID"]),
            to: nonEmpty(found["To"]),
            replyTo: try address(found["ReplyTo"], "ReplyTo"),
            faultTo: try address(found["FaultTo"], "FaultTo"),
            from: try address(found["From"], "From"),
            relatesTo: relatesTo)
    }

    /// The message id of a header that may otherwise be wrong, so that even a fault can relate to its request.
    static func messageID(in header: XMLElement?) -> String? {
        nonEmpty(header?.first(name("MessageID")))
    }

    private static func nonEmpty(_ element: XMLElement?) -> String? {
        guard let text = element?.trimmedText, !text.isEmpty else { return nil }
        return text
    }

    private static func address(_ endpoint: XMLElement?, _ localName: String) throws(SOAPFault) -> String? {
        guard let endpoint else { return nil }
        guard let address = endpoint.first(name("Address"))?.trimmedText, !address.isEmpty else {
            throw .invalidAddressing(
                localName, "MissingAddressInEPR", "The WS-Addressing header \(localName) has no Address.")
        }
        return address
    }

    /// The usual cause of a missing Action is another version of WS-Addressing; then it is worth saying so.
    private static func missingAction(_ header: XMLElement?) -> String {
        let other = header?.children.first { $0.localName == "Action" && $0.namespaceURI != SOAPNamespace.addressing }
        guard other != nil else { return "The WS-Addressing header Action is missing." }
        return "The header Action is there, but not in the namespace of WS-Addressing 1.0, \(SOAPNamespace.addressing)."
    }
}
