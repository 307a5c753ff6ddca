public import FoundationEssentials
public import NIOCore
public import XMLKit

/// `query:AdhocQueryResponse`: the answer of ITI-18, made of a head, finished ebRIM fragments and a tail.
///
/// The fragments come from the store as they are; nothing is parsed or written again.
/// - Source: ITI TF-2: 3.18.4.1.3; ITI TF-3: 4.2.4.
public struct AdhocQueryResponse: Hashable, Sendable {
    /// `@status`.
    public let status: ResponseStatus
    /// Errors and warnings.
    public let errors: [RegistryError]

    /// Makes an answer. RegistryObjectList is always written, empty with a failure: the schema demands it.
    public init(status: ResponseStatus, errors: [RegistryError] = []) {
        self.status = status
        self.errors = errors
    }

    /// What goes before the fragments: the element with the prefixes `query`, `rs` and `rim` bound, the errors, and
    /// the start of RegistryObjectList.
    public var head: ByteBuffer {
        var writer = XMLWriter()
        writer.open(
            "query:AdhocQueryResponse", ("xmlns:query", XDSNamespace.query), ("xmlns:rim", XDSNamespace.rim),
            ("xmlns:rs", errors.isEmpty ? nil : XDSNamespace.rs), ("status", status.rawValue)
        )
        RegistryResponse.write(errors, to: &writer)
        writer.open("rim:RegistryObjectList")
        return writer.buffer
    }

    /// What goes after the fragments.
    public static let tail = ByteBuffer(string: "</rim:RegistryObjectList></query:AdhocQueryResponse>")

    /// Success with these fragments between head and tail.
    public static func success(_ fragments: [ByteBuffer], warnings: [RegistryError] = []) -> [ByteBuffer] {
        let head = warnings.isEmpty ? successHead : AdhocQueryResponse(status: .success, errors: warnings).head
        return [head] + fragments + [tail]
    }

    /// What goes before the fragments of nearly every answer.
    private static let successHead = AdhocQueryResponse(status: .success).head

    /// Failure: the errors and an empty list.
    public static func failure(_ errors: [RegistryError]) -> [ByteBuffer] {
        [AdhocQueryResponse(status: .failure, errors: errors).head, tail]
    }

    /// The fragment of an ObjectRef answer.
    public static func objectRefs(_ ids: some Sequence<UUID>, home: HomeCommunityID? = nil) -> ByteBuffer {
        var buffer = ByteBuffer()
        let end = home.map { "\" home=\"\($0.urn)\"/>" } ?? "\"/>"
        for id in ids {
            buffer.writeStaticString("<rim:ObjectRef id=\"")
            buffer.writeString(id.urn)
            buffer.writeString(end)
        }
        return buffer
    }

    /// Reads an answer, as a client: status, errors and objects.
    ///
    /// - Throws: MessageDecodingError.
    public static func decode(
        _ element: XMLElement
    ) throws(MessageDecodingError) -> (response: AdhocQueryResponse, objects: RegistryObjectList) {
        guard element.is(.query("AdhocQueryResponse")) else {
            throw MessageDecodingError("the answer is not a query:AdhocQueryResponse", at: element)
        }
        let (status, errors) = try RegistryResponse.statusAndErrors(of: element)
        guard let list = element.first(.rim("RegistryObjectList")) else {
            throw MessageDecodingError("the answer has no rim:RegistryObjectList", at: element)
        }
        var decoder = EbRIMDecoder()
        return (AdhocQueryResponse(status: status, errors: errors), try decoder.registryObjectList(list))
    }
}
