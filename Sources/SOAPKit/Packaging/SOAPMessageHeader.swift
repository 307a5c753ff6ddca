import NIOCore
import XMLKit

/// The addressing header of a message we send.
/// - Source: ITI TF-2: Appendix V.3.2.2 (mustUnderstand on every wsa:Action)
struct SOAPMessageHeader: Sendable {
    var action: String
    var messageID: String = MessageID.random()
    var relatesTo: String?
    var to: String?
    var replyTo: String?

    init(action: String, relatesTo: String? = nil, to: String? = nil, replyTo: String? = nil) {
        self.action = action
        self.relatesTo = relatesTo
        self.to = to
        self.replyTo = replyTo
    }

    /// Writes the blocks, with the prefixes `S` and `wsa` in force.
    func write(to writer: inout XMLWriter) {
        writer.element("wsa:Action", ("S:mustUnderstand", "1"), text: action)
        writer.element("wsa:MessageID", text: messageID)
        writer.element("wsa:RelatesTo", text: relatesTo)
        if let replyTo {
            writer.element("wsa:ReplyTo") { $0.element("wsa:Address", text: replyTo) }
        }
        writer.element("wsa:To", text: to)
    }

    /// Everything of an envelope up to and including the start tag of its body.
    /// - Parameter blocks: further header blocks, finished XML.
    func envelopeHead(blocks: [ByteBuffer] = []) -> ByteBuffer {
        var writer = XMLWriter(capacity: 640)
        writer.raw(Self.start)
        write(to: &writer)
        for block in blocks { writer.raw(block) }
        writer.raw("</S:Header><S:Body>")
        return writer.buffer
    }

    /// The rest of an envelope.
    static let envelopeTail = ByteBuffer(string: "</S:Body></S:Envelope>")

    private static let start =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><S:Envelope xmlns:S=\"\(SOAPNamespace.soap12)\" xmlns:wsa=\"\(SOAPNamespace.addressing)\"><S:Header>"
}
