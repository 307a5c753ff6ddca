public import XMLKit

/// ITI-43 request: `xds:RetrieveDocumentSetRequest` with one or more documents.
///
/// - Source: ITI TF-2: 3.43.4.1.
public struct RetrieveDocumentSetRequest: Hashable, Sendable {
    /// The payload element.
    public static let element = QualifiedName(XDSNamespace.xds, "RetrieveDocumentSetRequest")

    /// One `xds:DocumentRequest`. All texts are as received, without white space around them.
    public struct DocumentRequest: Hashable, Sendable {
        /// HomeCommunityId; required only in ITI-39, repeated in the answer.
        public let homeCommunityId: String?
        /// RepositoryUniqueId.
        public let repositoryUniqueId: String
        /// DocumentUniqueId.
        public let documentUniqueId: String

        /// Makes a request for one document.
        public init(homeCommunityId: String? = nil, repositoryUniqueId: String, documentUniqueId: String) {
            self.homeCommunityId = homeCommunityId
            self.repositoryUniqueId = repositoryUniqueId
            self.documentUniqueId = documentUniqueId
        }
    }

    /// The documents asked for, in their order; at least one.
    public let documents: [DocumentRequest]

    /// Makes a request.
    public init(documents: [DocumentRequest]) { self.documents = documents }

    /// Reads the request.
    ///
    /// - Throws: MessageDecodingError if it is another element, asks for nothing, or an id is missing.
    public init(decoding element: XMLElement) throws(MessageDecodingError) {
        guard element.is(Self.element) else {
            throw MessageDecodingError("xds:RetrieveDocumentSetRequest is expected", at: element)
        }
        documents = try Self.documents(of: element)
    }

    /// The `xds:DocumentRequest` elements of a request, at least one.
    static func documents(of element: XMLElement) throws(MessageDecodingError) -> [DocumentRequest] {
        var documents: [DocumentRequest] = []
        for child in element.all(.xds("DocumentRequest")) {
            guard let repository = text("RepositoryUniqueId", of: child) else {
                throw MessageDecodingError("xds:DocumentRequest has no RepositoryUniqueId", at: child)
            }
            guard let document = text("DocumentUniqueId", of: child) else {
                throw MessageDecodingError("xds:DocumentRequest has no DocumentUniqueId", at: child)
            }
            documents.append(
                DocumentRequest(
                    homeCommunityId: homeCommunityId(text("HomeCommunityId", of: child)),
                    repositoryUniqueId: repository,
                    documentUniqueId: document
                )
            )
        }
        guard !documents.isEmpty else {
            throw MessageDecodingError("the request has no xds:DocumentRequest", at: element)
        }
        return documents
    }

    /// An OID of 64 characters at most, in `urn:oid:` form (ITI TF-3: 4.2.3.2.12). A repository does not act on it, so anything else
    /// is no error; it is not repeated and not recorded.
    static func homeCommunityId(_ text: String?) -> String? {
        guard let text, text.utf8.count <= 72, text.hasPrefix("urn:oid:") else { return nil }
        return text
    }

    private static func text(_ name: String, of element: XMLElement) -> String? {
        guard let text = element.first(.xds(name))?.trimmedText, !text.isEmpty else { return nil }
        return text
    }
}
