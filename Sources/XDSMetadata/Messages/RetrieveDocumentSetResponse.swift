import FoundationEssentials
public import NIOCore
public import XMLKit

/// ITI-43 answer: a RegistryResponse, then one DocumentResponse for each document that was found.
///
/// - Source: ITI TF-2: 3.43.4.2.
public struct RetrieveDocumentSetResponse: Hashable, Sendable {
    /// Where the bytes of a document are.
    public enum Content: Hashable, Sendable {
        /// In the MIME part of this Content-ID, given without angle brackets.
        case attachment(contentID: String)
        /// In the element itself, as base64 of these bytes.
        case inline(ByteBuffer)
    }

    /// One `xds:DocumentResponse`.
    public struct DocumentResponse: Hashable, Sendable {
        /// The request it answers; its ids are repeated.
        public let request: RetrieveDocumentSetRequest.DocumentRequest
        /// mimeType as submitted.
        public let mimeType: String
        /// The bytes.
        public let content: Content

        /// Makes the answer for one document.
        public init(
            request: RetrieveDocumentSetRequest.DocumentRequest, mimeType: String, content: Content
        ) {
            self.request = request
            self.mimeType = mimeType
            self.content = content
        }
    }

    /// Success, PartialSuccess or Failure, and the errors.
    public let registryResponse: RegistryResponse
    /// The documents found.
    public let documents: [DocumentResponse]

    /// Makes an answer; the status follows from what was found: all documents, some or none.
    public init(documents: [DocumentResponse], errors: [RegistryError]) {
        let hasErrors = errors.contains { $0.severity == .error }
        let status: ResponseStatus = !hasErrors ? .success : (documents.isEmpty ? .failure : .partialSuccess)
        registryResponse = RegistryResponse(status: status, errors: errors)
        self.documents = documents
    }

    /// The element with its namespace declarations, without an XML declaration.
    public func encoded() -> ByteBuffer {
        var writer = XMLWriter()
        writer.element(
            "xds:RetrieveDocumentSetResponse", ("xmlns:xds", XDSNamespace.xds), ("xmlns:rs", XDSNamespace.rs)
        ) { writer in
            registryResponse.write(to: &writer, declaringNamespaces: .none)
            for document in documents { Self.write(document, to: &writer) }
        }
        return writer.buffer
    }

    private static func write(_ document: DocumentResponse, to writer: inout XMLWriter) {
        writer.element("xds:DocumentResponse") { writer in
            if let home = document.request.homeCommunityId { writer.element("xds:HomeCommunityId", text: home) }
            writer.element("xds:RepositoryUniqueId", text: document.request.repositoryUniqueId)
            writer.element("xds:DocumentUniqueId", text: document.request.documentUniqueId)
            writer.element("xds:mimeType", text: document.mimeType)
            writer.element("xds:Document") { writer in
                switch document.content {
                case .attachment(let contentID):
                    let href = "cid:" + percentEncoded(contentID)
                    writer.empty("xop:Include", ("xmlns:xop", XDSNamespace.xop), ("href", href))
                case .inline(let bytes):
                    writer.text(Data(bytes.readableBytesView).base64EncodedString())
                }
            }
        }
    }

    /// A Content-ID in a `cid:` URL.
    ///
    /// - Source: RFC 2392, section 2.
    private static func percentEncoded(_ contentID: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in contentID.utf8 {
            if TextFormat.isLetterOrDigit(byte) || "-._~@!$&'()*+,;=:".utf8.contains(byte) {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Reads an answer, as a client: the status, and for each document its ids, mimeType and `xds:Document` element.
    ///
    /// - Throws: MessageDecodingError.
    public static func decode(
        _ element: XMLElement
    ) throws(MessageDecodingError) -> (response: RegistryResponse, documents: [ReceivedDocument]) {
        guard element.is(.xds("RetrieveDocumentSetResponse")),
            let answer = element.first(.rs("RegistryResponse"))
        else {
            throw MessageDecodingError("the answer is not an xds:RetrieveDocumentSetResponse", at: element)
        }
        let response = try RegistryResponse(decoding: answer)
        var documents: [ReceivedDocument] = []
        for child in element.all(.xds("DocumentResponse")) {
            guard let content = child.first(.xds("Document")) else {
                throw MessageDecodingError("xds:DocumentResponse has no Document", at: child)
            }
            documents.append(
                ReceivedDocument(
                    documentUniqueId: child.first(.xds("DocumentUniqueId"))?.trimmedText ?? "",
                    repositoryUniqueId: child.first(.xds("RepositoryUniqueId"))?.trimmedText ?? "",
                    mimeType: child.first(.xds("mimeType"))?.trimmedText ?? "", element: content
                )
            )
        }
        return (response, documents)
    }

    /// One document of an answer, as a client sees it.
    public struct ReceivedDocument: Sendable {
        /// DocumentUniqueId.
        public let documentUniqueId: String
        /// RepositoryUniqueId.
        public let repositoryUniqueId: String
        /// mimeType.
        public let mimeType: String
        /// `xds:Document`: base64 text, or an `xop:Include`.
        public let element: XMLElement
    }
}
