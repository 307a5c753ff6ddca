public import XMLKit

/// ITI-86 request: `rmd:RemoveDocumentsRequest` with the documents to remove, named as in ITI-43.
///
/// - Source: RMD supplement, ITI TF-2: 3.86.4.1.
public struct RemoveDocumentsRequest: Hashable, Sendable {
    /// The payload element.
    public static let element = QualifiedName(XDSNamespace.rmd, "RemoveDocumentsRequest")

    /// The documents in their order; at least one.
    public let documents: [RetrieveDocumentSetRequest.DocumentRequest]

    /// Makes a request.
    public init(documents: [RetrieveDocumentSetRequest.DocumentRequest]) { self.documents = documents }

    /// Reads the request.
    ///
    /// - Throws: MessageDecodingError if it is another element, names no document, or an id is missing.
    public init(decoding element: XMLElement) throws(MessageDecodingError) {
        guard element.is(Self.element) else {
            throw MessageDecodingError("rmd:RemoveDocumentsRequest is expected", at: element)
        }
        documents = try RetrieveDocumentSetRequest.documents(of: element)
    }
}
