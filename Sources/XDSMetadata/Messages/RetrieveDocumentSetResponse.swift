public import NIOCore
public import XMLKit

/// ITI-43 answer: a RegistryResponse, then one DocumentResponse for each document that was found.
///
/// - Source: ITI TF-2: 3.43.4.2.
public struct RetrieveDocumentSetResponse: Hashable, Sendable {
    /// One `xds:DocumentResponse`, its bytes apart.
    public struct DocumentResponse: Hashable, Sendable {
        /// The request it answers; its ids are repeated.
        public let request: RetrieveDocumentSetRequest.DocumentRequest
        /// mimeType as submitted.
        public let mimeType: String

        /// Makes the answer for one document.
        public init(request: RetrieveDocumentSetRequest.DocumentRequest, mimeType: String) {
            self.request = request
            self.mimeType = mimeType
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

    /// The element with its namespace declarations in as many pieces as there are documents, and one more: between two of
    /// them, inside an open `xds:Document`, goes the content of a document, as `xop:Include` or as base64.
    public func encodedAroundContents() -> [ByteBuffer] {
        var pieces: [ByteBuffer] = []
        var writer = XMLWriter()
        writer.open("xds:RetrieveDocumentSetResponse", ("xmlns:xds", XDSNamespace.xds), ("xmlns:rs", XDSNamespace.rs))
        registryResponse.write(to: &writer, declaringNamespaces: .none)
        for document in documents {
            writer.open("xds:DocumentResponse")
            if let home = document.request.homeCommunityId { writer.element("xds:HomeCommunityId", text: home) }
            writer.element("xds:RepositoryUniqueId", text: document.request.repositoryUniqueId)
            writer.element("xds:DocumentUniqueId", text: document.request.documentUniqueId)
            writer.element("xds:mimeType", text: document.mimeType)
            writer.open("xds:Document")
            pieces.append(writer.buffer)
            writer = XMLWriter()
            writer.close("xds:Document")
            writer.close("xds:DocumentResponse")
        }
        writer.close("xds:RetrieveDocumentSetResponse")
        pieces.append(writer.buffer)
        return pieces
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
