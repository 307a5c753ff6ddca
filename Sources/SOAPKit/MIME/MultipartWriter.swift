import NIOCore
import XMLKit

/// Puts an envelope and its attachments into a MIME package of known length.
/// - Source: ITI TF-2: Appendix V.3.6; XOP, section 4.1; RFC 2387
struct MultipartWriter: Sendable {
    private let boundary: String
    private let rootID: String

    /// Begins a package under a boundary and a root id of its own. The boundary is random, so it occurs in no content.
    init() {
        let uuid = MessageID.uuid()
        boundary = "MIMEBoundary_\(uuid)"
        rootID = "root.\(uuid)@xds.gateway"
    }

    /// The reference to an attachment, to stand alone inside the element whose content it is.
    static func include(_ contentID: String) -> ByteBuffer {
        var writer = XMLWriter(capacity: 128)
        writer.empty(
            "xop:Include", ("xmlns:xop", SOAPNamespace.xop), ("href", "cid:\(ContentID.percentEncoded(contentID))"))
        return writer.buffer
    }

    /// The whole package.
    func message(envelope: [ByteBuffer], attachments: [OutgoingAttachment]) -> SOAPOutgoingMessage {
        var segments: [SOAPOutgoingMessage.Segment] = []
        segments.reserveCapacity(envelope.count + attachments.count * 2 + 2)
        let rootType = "application/xop+xml; charset=UTF-8; type=\"application/soap+xml\""
        segments.append(.bytes(partHead(contentID: rootID, mediaType: rootType, isFirst: true)))
        segments.append(contentsOf: envelope.map { .bytes($0) })
        for attachment in attachments {
            let head = partHead(contentID: attachment.contentID, mediaType: attachment.mediaType, isFirst: false)
            segments.append(.bytes(head))
            segments.append(.binary(attachment))
        }
        segments.append(.bytes(ByteBuffer(string: "\r\n--\(boundary)--\r\n")))
        return SOAPOutgoingMessage(contentType: contentType, segments: segments)
    }

    private var contentType: String {
        "multipart/related; type=\"application/xop+xml\"; start=\"<\(rootID)>\"; "
            + "start-info=\"application/soap+xml\"; boundary=\"\(boundary)\""
    }

    private func partHead(contentID: String, mediaType: String, isFirst: Bool) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeString(isFirst ? "" : "\r\n")
        buffer.writeString("--\(boundary)\r\nContent-Type: ")
        buffer.writeString(Self.fieldValue(mediaType))
        buffer.writeStaticString("\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <")
        buffer.writeString(Self.fieldValue(contentID))
        buffer.writeStaticString(">\r\n\r\n")
        return buffer
    }

    /// A value that cannot end its header line early.
    private static func fieldValue(_ text: String) -> String {
        String(decoding: text.utf8.filter { $0 >= 0x20 && $0 != 0x7F }, as: UTF8.self)
    }
}
