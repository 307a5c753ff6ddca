import FoundationEssentials
public import NIOCore
import XMLKit

/// SOAP 1.2 envelopes with WS-Addressing headers, as a partner would send them.
public enum SampleEnvelope {
    /// Wraps a payload element.
    ///
    /// - Parameters:
    ///   - action: `wsa:Action`.
    ///   - messageID: `wsa:MessageID`; a new UUID URN if nil.
    ///   - headers: more header elements as XML.
    ///   - payload: the element in the body, with its namespace declarations.
    public static func make(
        action: String, messageID: String? = nil, headers: String = "", payload: ByteBuffer
    ) -> ByteBuffer {
        var writer = XMLWriter(capacity: payload.readableBytes + 1024)
        writer.element(
            "soap:Envelope", ("xmlns:soap", "http://www.w3.org/2003/05/soap-envelope"),
            ("xmlns:wsa", "http://www.w3.org/2005/08/addressing")
        ) { writer in
            writer.element("soap:Header") { writer in
                writer.element("wsa:Action", ("soap:mustUnderstand", "true"), text: action)
                writer.element("wsa:MessageID", text: messageID ?? "urn:uuid:\(UUID().uuidString.lowercased())")
                writer.element("wsa:To", text: "https://xds.voorbeeld.invalid/xds")
                writer.element("wsa:ReplyTo") { writer in
                    writer.element("wsa:Address", text: "http://www.w3.org/2005/08/addressing/anonymous")
                }
                writer.raw(headers)
            }
            writer.element("soap:Body") { writer in writer.raw(payload) }
        }
        return writer.buffer
    }
}
