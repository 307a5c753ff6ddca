public import XMLKit

/// A request whose envelope is checked and whose attachments have all arrived.
public struct SOAPRequest<Attachment: Sendable>: Sendable {
    /// How the request travelled, which is how its answer travels.
    public let packaging: SOAPPackaging
    /// The envelope.
    public let envelope: SOAPEnvelope
    /// The attachments by Content-ID, without angle brackets.
    public let attachments: [String: Attachment]

    private let stage: @Sendable (XMLElement, String?) async throws -> Attachment

    init(
        packaging: SOAPPackaging, envelope: SOAPEnvelope, attachments: [String: Attachment],
        stage: @escaping @Sendable (XMLElement, String?) async throws -> Attachment
    ) {
        self.packaging = packaging
        self.envelope = envelope
        self.attachments = attachments
        self.stage = stage
    }

    /// The attachment an element includes; `nil` when the element has its content inline.
    /// - Throws: a Sender fault when the reference names no part, or stands next to other content.
    public func attachment(includedBy element: XMLElement) throws(SOAPFault) -> Attachment? {
        guard let reference = try XOPReference(in: element) else { return nil }
        guard let id = reference.contentID(among: attachments.keys.contains), let attachment = attachments[id] else {
            throw reference.unresolved
        }
        return attachment
    }

    /// The content of an element, whichever way it came: the attachment it includes, or else its base64 text, which is
    /// decoded into the store. What is staged here is discarded with the request unless the store adopts it.
    /// - Parameter mediaType: the media type to tell the store for inline content.
    /// - Throws: a Sender fault for a reference to no part and for text that is not base64; what the store throws.
    public func content(of element: XMLElement, mediaType: String? = nil) async throws -> Attachment {
        if let attachment = try attachment(includedBy: element) { return attachment }
        return try await stage(element, mediaType)
    }

    /// Content-IDs of parts that no `xop:Include` refers to, in order.
    public var unreferencedContentIDs: [String] {
        var rest = Set(attachments.keys)
        for include in envelope.document.elements(SOAPName.include) {
            if let id = XOPReference(include: include).contentID(among: attachments.keys.contains) { rest.remove(id) }
        }
        return rest.sorted()
    }
}
