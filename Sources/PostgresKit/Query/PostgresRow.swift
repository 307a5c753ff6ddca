/// One row of a ``PostgresResult``: a reference and a number, nothing is copied.
public struct PostgresRow: Sendable {
    /// The result the row belongs to.
    public let result: PostgresResult
    /// The position of the row, from 0.
    public let index: Int

    /// The row at a position.
    init(result: PostgresResult, index: Int) {
        self.result = result
        self.index = index
    }

    /// Reads a value by the position of its column, from 0.
    public func decode<T: PostgresDecodable>(_ type: T.Type, column: Int) throws(PostgresError) -> T {
        try result.decode(type, row: index, column: column)
    }

    /// Reads a value by the name of its column.
    public func decode<T: PostgresDecodable>(_ type: T.Type, column: String) throws(PostgresError) -> T {
        try result.decode(type, row: index, column: column)
    }

    /// Gives the binary form of a value without copying it; see ``PostgresResult/withBytes(row:column:_:)``.
    public func withBytes<R>(column: Int, _ body: (UnsafeRawBufferPointer?) throws -> R) rethrows -> R {
        try result.withBytes(row: index, column: column, body)
    }
}
