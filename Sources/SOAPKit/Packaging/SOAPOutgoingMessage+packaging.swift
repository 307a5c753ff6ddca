public import NIOCore

extension SOAPOutgoingMessage {
    /// A request to another system.
    /// - Parameters:
    ///   - action: the `wsa:Action`.
    ///   - to: the address asked, for `wsa:To`.
    ///   - packaging: how the message travels.
    ///   - headers: further header blocks, finished XML with their own namespace declarations (a `wsse:Security`).
    ///   - body: the payload and what travels with it.
    public static func request(
        action: String, to: String, packaging: SOAPPackaging, headers: [ByteBuffer] = [], body: SOAPReply
    ) -> SOAPOutgoingMessage {
        let header = SOAPMessageHeader(action: action, to: to, replyTo: WSAddressing.anonymous)
        return package(body, head: header.envelopeHead(blocks: headers), packaging: packaging)
    }

    /// The answer to a request.
    static func answer(
        action: String, relatesTo: String?, packaging: SOAPPackaging, reply: SOAPReply
    ) -> SOAPOutgoingMessage {
        let header = SOAPMessageHeader(action: action, relatesTo: relatesTo)
        return package(reply, head: header.envelopeHead(), packaging: packaging)
    }

    /// A fault; it travels alone, whatever packaging the request had.
    public static func fault(_ fault: SOAPFault, relatesTo: String?) -> SOAPOutgoingMessage {
        SOAPOutgoingMessage(contentType: simpleContentType, segments: [.bytes(fault.encode(relatesTo: relatesTo))])
    }

    private static func package(_ reply: SOAPReply, head: ByteBuffer, packaging: SOAPPackaging) -> SOAPOutgoingMessage {
        switch packaging {
        case .simple:
            var segments: [Segment] = [.bytes(head)]
            segments.reserveCapacity(reply.pieces.count + 2)
            for piece in reply.pieces {
                switch piece {
                case .xml(let buffer): segments.append(.bytes(buffer))
                case .content(let attachment): segments.append(.base64(attachment))
                }
            }
            segments.append(.bytes(SOAPMessageHeader.envelopeTail))
            return SOAPOutgoingMessage(contentType: simpleContentType, segments: segments)
        case .mtom:
            var envelope = [head]
            var attachments: [OutgoingAttachment] = []
            for piece in reply.pieces {
                switch piece {
                case .xml(let buffer):
                    envelope.append(buffer)
                case .content(let attachment):
                    envelope.append(MultipartWriter.include(attachment.contentID))
                    attachments.append(attachment)
                }
            }
            envelope.append(SOAPMessageHeader.envelopeTail)
            return MultipartWriter().message(envelope: envelope, attachments: attachments + reply.attachments)
        }
    }
}
