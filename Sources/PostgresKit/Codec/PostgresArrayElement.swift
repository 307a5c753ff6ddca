/// A value that can stand in a one-dimensional array parameter or column.
///
/// `[UInt8]` is `bytea` and no array of small integers; the element type decides, so that both work with the one
/// conformance that `Array` can have.
public protocol PostgresArrayElement: Sendable {
    /// The type an array of these values is declared with.
    static var postgresArrayType: PostgresType { get }

    /// Appends the binary form of an array.
    static func encodeArray(_ elements: [Self], into bytes: inout PostgresBytes)

    /// Reads an array.
    static func decodeArray(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> [Self]
}

extension Array: PostgresEncodable where Element: PostgresArrayElement {
    /// The array type of the element, `bytea` for `UInt8`.
    public static var postgresType: PostgresType { Element.postgresArrayType }

    /// Appends the array.
    public func encode(into bytes: inout PostgresBytes) {
        Element.encodeArray(self, into: &bytes)
    }
}

extension Array: PostgresDecodable where Element: PostgresArrayElement {
    /// Reads the array.
    public static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> [Element] {
        try Element.decodeArray(cell)
    }
}

/// The header of the binary array form: dimensions, a flag for NULLs, the element type, and length and lower bound of
/// each dimension; then each element with its length.
extension PostgresArrayElement where Self: PostgresEncodable & PostgresDecodable {
    /// Appends a one-dimensional array; an empty one has no dimension.
    public static func encodeArray(_ elements: [Self], into bytes: inout PostgresBytes) {
        bytes.writeArrayHeader(
            of: postgresType, count: elements.count, hasNulls: elements.contains { $0.isPostgresNull })
        for element in elements { bytes.writeElement(element) }
    }

    /// Reads a one-dimensional array; the element type in the header decides how elements are read.
    public static func decodeArray(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> [Self] {
        var reader = PostgresArrayReader(try cell.required())
        guard cell.type.isArray else { throw .typeMismatch }
        let header = try reader.header()
        var elements: [Self] = []
        elements.reserveCapacity(header.count)
        for _ in 0..<header.count {
            let bytes = try reader.element()
            elements.append(try Self.decode(PostgresCell(bytes: bytes, type: header.elementType)))
        }
        return elements
    }
}

extension PostgresType {
    /// Whether the binary form of the type is that of an array.
    fileprivate var isArray: Bool {
        switch self {
        case .boolArray, .byteaArray, .nameArray, .int2Array, .int4Array, .textArray, .varcharArray, .int8Array,
            .float8Array, .timestamptzArray, .uuidArray:
            true
        default: false
        }
    }
}
