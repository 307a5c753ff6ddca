public import XMLKit

/// ITI-18 request: `query:AdhocQueryRequest`.
///
/// - Source: ITI TF-2: 3.18.4.1.
public struct AdhocQueryRequest: Sendable {
    /// The payload element.
    public static let element = QualifiedName(XDSNamespace.query, "AdhocQueryRequest")

    /// What the answer holds: `ResponseOption/@returnType`.
    public enum ReturnType: String, Hashable, Sendable, CaseIterable {
        /// Ids only.
        case objectRef = "ObjectRef"
        /// Whole objects.
        case leafClass = "LeafClass"
    }

    /// What the answer holds.
    public let returnType: ReturnType
    /// The query.
    public let query: AdhocQuery

    /// Reads the request.
    ///
    /// The default of the schema, `RegistryObject`, is none that XDS supports: an absent return type is an error.
    /// - Throws: MessageDecodingError, to be answered with XDSRegistryError.
    public init(decoding element: XMLElement) throws(MessageDecodingError) {
        guard element.is(Self.element) else {
            throw MessageDecodingError("query:AdhocQueryRequest is expected", at: element)
        }
        guard let option = element.first(.query("ResponseOption")) else {
            throw MessageDecodingError("the request has no query:ResponseOption", at: element)
        }
        guard let type = option.attribute("returnType").map(TextFormat.trimmed) else {
            throw MessageDecodingError("query:ResponseOption has no returnType", at: option)
        }
        guard let returnType = ReturnType(rawValue: type) else {
            throw MessageDecodingError("the returnType is neither ObjectRef nor LeafClass", at: option)
        }
        guard let query = element.first(.rim("AdhocQuery")) else {
            throw MessageDecodingError("the request has no rim:AdhocQuery", at: element)
        }
        self.returnType = returnType
        self.query = try AdhocQuery(decoding: query)
    }
}
