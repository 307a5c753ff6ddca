/// The parameters of a query, encoded: `$1` is the first that was appended.
public struct PostgresBindings: Sendable {
    /// Type and length of one parameter; its bytes follow those of the one before it.
    @usableFromInline struct Entry: Sendable, Equatable {
        @usableFromInline var type: PostgresType
        /// -1 is NULL.
        @usableFromInline var length: Int32

        @usableFromInline init(type: PostgresType, length: Int32) {
            self.type = type
            self.length = length
        }
    }

    @usableFromInline var entries: [Entry] = []
    @usableFromInline var bytes = PostgresBytes()

    /// No parameters.
    public init() {}

    /// No parameters, with room for `count` of them.
    public init(capacity count: Int) {
        entries.reserveCapacity(count)
        bytes.reserveCapacity(count * 16)
    }

    /// How many parameters there are.
    @inlinable public var count: Int { entries.count }

    /// Appends the next parameter.
    @inlinable
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

    /// The most parameters the protocol can carry.
    static let maximumCount = 65_535
}
