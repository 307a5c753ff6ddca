public import XMLKit

/// ITI-41 request: a submission and the documents of its DocumentEntries.
///
/// - Source: ITI TF-2: 3.41.4.1.
public struct ProvideAndRegisterDocumentSetRequest: Sendable {
    /// The payload element.
    public static let element = QualifiedName(XDSNamespace.xds, "ProvideAndRegisterDocumentSetRequest")

    /// One `xds:Document`.
    public struct Document: Sendable {
        /// `@id`: the id of its DocumentEntry.
        public let id: EntryUUID
        /// The element: base64 text, or an `xop:Include`.
        public let element: XMLElement
    }

    /// What is submitted.
    public let submission: UnverifiedSubmission
    /// The documents in the order of the message; none if only folders or associations are submitted.
    public let documents: [Document]
    /// Slots of `rs:RequestSlotList`.
    public let requestSlots: [Slot]

    /// Reads the request.
    ///
    /// - Throws: MessageDecodingError if it is another element, has no SubmitObjectsRequest, or a Document has no id.
    public init(decoding element: XMLElement) throws(MessageDecodingError) {
        guard element.is(Self.element) else {
            throw MessageDecodingError("xds:ProvideAndRegisterDocumentSetRequest is expected", at: element)
        }
        guard let submit = element.first(RegisterDocumentSetRequest.element) else {
            throw MessageDecodingError("the request has no lcm:SubmitObjectsRequest", at: element)
        }
        let request = try RegisterDocumentSetRequest(decoding: submit)
        var documents: [Document] = []
        for child in element.all(.xds("Document")) {
            guard let id = child.attribute("id").map(TextFormat.trimmed), !id.isEmpty else {
                throw MessageDecodingError("xds:Document has no id", at: child)
            }
            documents.append(Document(id: EntryUUID(id), element: child))
        }
        self.documents = documents
        submission = request.submission
        requestSlots = request.requestSlots
    }
}
