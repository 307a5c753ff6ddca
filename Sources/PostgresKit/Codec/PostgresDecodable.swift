/// A value that can be read from a column in the server's binary form.
public protocol PostgresDecodable {
    /// Reads a value.
    /// - Throws: why the bytes are no such value; ``PostgresResult`` adds the column and its type.
    static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> Self
}

/// One value of a result: its bytes, which live as long as the result, and the type of its column.
public struct PostgresCell {
    /// The binary form; `nil` is NULL.
    public let bytes: UnsafeRawBufferPointer?
    /// The type of the column.
    public let type: PostgresType

    /// A cell over bytes that outlive it.
    init(bytes: UnsafeRawBufferPointer?, type: PostgresType) {
        self.bytes = bytes
        self.type = type
    }

    /// The bytes of a value that may not be NULL.
    public func required() throws(PostgresDecodingFailure) -> UnsafeRawBufferPointer {
        guard let bytes else { throw .unexpectedNull }
        return bytes
    }

    /// The only integer the cell consists of, in host byte order.
    func integer<I: FixedWidthInteger>(_ type: I.Type) throws(PostgresDecodingFailure) -> I {
        let bytes = try required()
        guard bytes.count == MemoryLayout<I>.size else { throw .malformed }
        return I(bigEndian: bytes.loadUnaligned(as: I.self))
    }
}

/// Why bytes of the server are not the value that was asked for.
public enum PostgresDecodingFailure: Error, Sendable, Hashable {
    /// The value is NULL and the Swift type has no way to say so.
    case unexpectedNull
    /// The column is of a type that the Swift type is not read from.
    case typeMismatch
    /// The bytes have not the form of their type, or do not fit the Swift type.
    case malformed
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    /// Reads NULL as `nil`.
    public static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> Wrapped? {
        guard cell.bytes != nil else { return nil }
        return try Wrapped.decode(cell)
    }
}
