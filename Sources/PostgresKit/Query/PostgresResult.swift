import CLibPQ

/// The answer to one query: rows in binary form, or the number of rows a statement changed.
///
/// Owns the `PGresult` of libpq and frees it with the last reference. Values are read in place: bytes handed to a
/// closure live as long as the closure runs.
///
/// `@unchecked Sendable`: a `PGresult` is complete and immutable when libpq hands it out; every function used here
/// only reads it, and `deinit` runs once.
public final class PostgresResult: @unchecked Sendable {
    private let handle: OpaquePointer
    private let types: [PostgresType]
    /// How many rows there are.
    public let rowCount: Int

    /// Takes over a result; it is cleared with this object.
    init(_ handle: OpaquePointer) {
        self.handle = handle
        rowCount = Int(PQntuples(handle))
        let columns = PQnfields(handle)
        types =
            columns == 0
            ? [] : (0..<columns).map { PostgresType(rawValue: PQftype(handle, $0)) }
    }

    deinit {
        PQclear(handle)
    }

    /// How many columns there are; 0 for statements that return no rows.
    public var columnCount: Int { types.count }

    /// How many rows an INSERT, UPDATE, DELETE or MERGE changed or a SELECT returned; 0 for other statements.
    public var affectedRows: Int {
        guard let text = PQcmdTuples(handle) else { return 0 }
        return Int(String(cString: text)) ?? 0
    }

    /// The command tag, such as `INSERT 0 1` or `COMMIT`.
    var commandTag: String {
        guard let text = PQcmdStatus(handle) else { return "" }
        return String(cString: text)
    }

    /// The name of a column, counted from 0.
    public func columnName(_ column: Int) -> String {
        guard let name = PQfname(handle, Int32(clamping: column)) else { return "" }
        return String(cString: name)
    }

    /// The position of the column with this name, folded to lower case as unquoted identifiers are.
    public func columnIndex(_ name: String) -> Int? {
        let index = PQfnumber(handle, name)
        return index < 0 ? nil : Int(index)
    }

    /// The type of a column, counted from 0.
    public func columnType(_ column: Int) -> PostgresType {
        types.indices.contains(column) ? types[column] : .unknown
    }

    /// Whether a value is NULL; a value outside of the result is.
    public func isNull(row: Int, column: Int) -> Bool {
        bytes(row: row, column: column) == nil
    }

    /// Reads a value.
    /// - Throws: `decoding`, naming the column and both types, when the value cannot be read as `T`, and when there is
    ///   no such row or column.
    public func decode<T: PostgresDecodable>(
        _ type: T.Type, row: Int, column: Int
    ) throws(PostgresError) -> T {
        guard row >= 0, row < rowCount, column >= 0, column < types.count else {
            throw PostgresError(
                .decoding,
                message: "no value at row \(row), column \(column) of \(rowCount) rows of \(types.count) columns")
        }
        do {
            return try T.decode(PostgresCell(bytes: bytes(row: row, column: column), type: types[column]))
        } catch {
            let name = columnName(column)
            throw PostgresError(
                .decoding, message: "column \"\(name)\" of type \(types[column]) cannot be read as \(T.self): \(error)")
        }
    }

    /// Reads a value by the name of its column.
    public func decode<T: PostgresDecodable>(
        _ type: T.Type, row: Int, column: String
    ) throws(PostgresError) -> T {
        guard let index = columnIndex(column) else {
            throw PostgresError(.decoding, message: "no column \"\(column)\"")
        }
        return try decode(type, row: row, column: index)
    }

    /// Gives the binary form of a value without copying it; `nil` is NULL or no such value.
    ///
    /// Text is UTF-8 as stored, `bytea` the bytes themselves. The pointer must not leave the closure.
    public func withBytes<R>(
        row: Int, column: Int, _ body: (UnsafeRawBufferPointer?) throws -> R
    ) rethrows -> R {
        try body(bytes(row: row, column: column))
    }

    private func bytes(row: Int, column: Int) -> UnsafeRawBufferPointer? {
        guard row >= 0, row < rowCount, column >= 0, column < types.count else { return nil }
        let row = Int32(truncatingIfNeeded: row)
        let column = Int32(truncatingIfNeeded: column)
        guard PQgetisnull(handle, row, column) == 0 else { return nil }
        return UnsafeRawBufferPointer(
            start: PQgetvalue(handle, row, column), count: Int(PQgetlength(handle, row, column)))
    }
}

extension PostgresResult: RandomAccessCollection {
    /// 0.
    public var startIndex: Int { 0 }
    /// The number of rows.
    public var endIndex: Int { rowCount }

    /// A row, counted from 0.
    public subscript(position: Int) -> PostgresRow {
        PostgresRow(result: self, index: position)
    }
}
