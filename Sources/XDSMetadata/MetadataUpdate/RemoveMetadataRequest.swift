public import XMLKit

/// ITI-62 request: `lcm:RemoveObjectsRequest` with the ids of objects.
///
/// - Source: RMD supplement, ITI TF-2: 3.62.4.1.
public struct RemoveMetadataRequest: Hashable, Sendable {
    /// The payload element.
    public static let element = QualifiedName(XDSNamespace.lcm, "RemoveObjectsRequest")

    /// The only deletion scope that removes metadata; the default of the schema.
    private static let deleteAll = "urn:oasis:names:tc:ebxml-regrep:DeletionScopeType:DeleteAll"

    /// The ids in their order, each once.
    public let objectIds: [EntryUUID]

    /// Makes a request.
    public init(objectIds: [EntryUUID]) {
        var seen: Set<EntryUUID> = []
        self.objectIds = objectIds.filter { seen.insert($0).inserted }
    }

    /// Reads the request.
    ///
    /// - Throws: MessageDecodingError if it is another element, names no object, or asks by a query or for another
    ///   scope.
    public init(decoding element: XMLElement) throws(MessageDecodingError) {
        guard element.is(Self.element) else {
            throw MessageDecodingError("lcm:RemoveObjectsRequest is expected", at: element)
        }
        if let query = element.first(.rim("AdhocQuery")) {
            throw MessageDecodingError("objects are removed by their ids, not by a rim:AdhocQuery", at: query)
        }
        if let scope = element.attribute("deletionScope"), TextFormat.trimmed(scope) != Self.deleteAll {
            throw MessageDecodingError("the only deletionScope of this transaction is DeleteAll", at: element)
        }
        guard let list = element.first(.rim("ObjectRefList")) else {
            throw MessageDecodingError("lcm:RemoveObjectsRequest has no rim:ObjectRefList", at: element)
        }
        var ids: [EntryUUID] = []
        for child in list.all(.rim("ObjectRef")) {
            guard let id = child.attribute("id").map(TextFormat.trimmed), !id.isEmpty else {
                throw MessageDecodingError("rim:ObjectRef has no id", at: child)
            }
            ids.append(EntryUUID(id))
        }
        guard !ids.isEmpty else { throw MessageDecodingError("rim:ObjectRefList names no object", at: list) }
        self.init(objectIds: ids)
    }
}
