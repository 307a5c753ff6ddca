public import NIOCore
import XMLKit

extension SOAPFault {
    /// The whole fault message, UTF-8, to be sent as `application/soap+xml`.
    /// - Parameter relatesTo: the message id of the request, if it is known.
    public func encode(relatesTo: String?) -> ByteBuffer {
        var writer = XMLWriter(capacity: 1536)
        writer.declaration()
        writer.element("S:Envelope", ("xmlns:S", SOAPNamespace.soap12), ("xmlns:wsa", SOAPNamespace.addressing)) {
            writer in
            writer.element("S:Header") { writer in
                SOAPMessageHeader(action: action, relatesTo: relatesTo).write(to: &writer)
                writeHeaderBlocks(to: &writer)
            }
            writer.element("S:Body") { writer in
                writer.element("S:Fault") { writeContent(to: &$0) }
            }
        }
        return writer.buffer
    }

    /// - Source: SOAP 1.2 part 1, sections 5.4.7 (Upgrade) and 5.4.8 (NotUnderstood)
    private func writeHeaderBlocks(to writer: inout XMLWriter) {
        if code == .versionMismatch {
            writer.element("S:Upgrade") { writer in
                writer.empty("S:SupportedEnvelope", ("qname", "S:Envelope"))
            }
        }
        for name in notUnderstood {
            guard !name.namespaceURI.isEmpty else {
                writer.empty("S:NotUnderstood", ("qname", name.localName))
                continue
            }
            writer.empty("S:NotUnderstood", ("xmlns:h", name.namespaceURI), ("qname", "h:\(name.localName)"))
        }
    }

    private func writeContent(to writer: inout XMLWriter) {
        writer.element("S:Code") { writer in
            writer.element("S:Value", text: "S:\(code.rawValue)")
            guard let subcode else { return }
            writer.element("S:Subcode") { writer in
                writeCode(subcode, to: &writer)
                guard let detailCode else { return }
                writer.element("S:Subcode") { writeCode(detailCode, to: &$0) }
            }
        }
        writer.element("S:Reason") { writer in
            writer.element("S:Text", ("xml:lang", "en"), text: reason)
        }
        guard problemAction != nil || problemHeader != nil || requestID != nil else { return }
        writer.element("S:Detail") { writer in
            if let problemAction {
                writer.element("wsa:ProblemAction") { $0.element("wsa:Action", text: problemAction) }
            }
            if let problemHeader { writer.element("wsa:ProblemHeaderQName", text: "wsa:\(problemHeader.localName)") }
            writer.element("gw:RequestId", ("xmlns:gw", SOAPNamespace.gateway), text: requestID)
        }
    }

    private func writeCode(_ code: QualifiedName, to writer: inout XMLWriter) {
        if code.namespaceURI == SOAPNamespace.addressing {
            writer.element("S:Value", text: "wsa:\(code.localName)")
        } else {
            writer.element("S:Value", ("xmlns:f", code.namespaceURI), text: "f:\(code.localName)")
        }
    }
}
