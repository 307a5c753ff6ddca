/// The parameters of a query, encoded: `$1` is the first that was appended.
public struct PostgresBindings: Sendable {
    /// Type and length of one parameter; its bytes follow those of the one before it.
    struct Entry: Sendable, Equatable {
        var type: PostgresType
        /// -1 is NULL.
        var length: Int32
    }

    private(set) var entries: [Entry] = []
    private(set) var bytes = PostgresBytes()

    /// No parameters.
    public init() {}

    /// No parameters, with room for `count` of them.
    public init(capacity count: Int) {
        entries.reserveCapacity(count)
        bytes.reserveCapacity(count * 16)
    }

    /// How many parameters there are.
    public var count: Int { entries.count }

    /// Appends the next parameter.
    public mutating func append(_ value: some PostgresEncodable) {
        let type = Swift.type(of: value).postgresType
        guard !value.isPostgresNull else {
            entries.append(Entry(type: type, length: -1))
            return
        }
        let start = bytes.count
        value.encode(into: &bytes)
        entries.append(Entry(type: type, length: Int32(clamping: bytes.count - start)))
    }

    /// Appends a parameter that is in its binary form already; `nil` is NULL.
    public mutating func append(encoded value: UnsafeRawBufferPointer?, as type: PostgresType) {
        entries.append(Entry(type: type, length: value.map { Int32(clamping: $0.count) } ?? -1))
        if let value { bytes.write(contentsOf: value) }
    }

    /// Appends an array of so many elements.
    /// - Parameters:
    ///   - element: the type of the elements.
    ///   - type: the type of the array.
    ///   - write: appends the binary forms of the elements, each with its length in front, -1 for NULL.
    public mutating func append(
        arrayOf element: PostgresType, as type: PostgresType, count: Int, hasNulls: Bool,
        _ write: (inout PostgresBytes) -> Void
    ) {
        let start = bytes.count
        bytes.writeArrayHeader(of: element, count: count, hasNulls: hasNulls)
        write(&bytes)
        entries.append(Entry(type: type, length: Int32(clamping: bytes.count - start)))
    }

    /// Appends all parameters of another list.
    mutating func append(contentsOf others: PostgresBindings) {
        entries.append(contentsOf: others.entries)
        bytes.write(contentsOf: others.bytes.storage)
    }

    /// The most parameters the protocol can carry.
    static let maximumCount = 65_535
}
