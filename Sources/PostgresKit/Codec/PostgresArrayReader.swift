/// Walks the binary form of an array without reading beyond its end.
struct PostgresArrayReader {
    private let bytes: UnsafeRawBufferPointer
    private var offset = 0

    /// A reader at the start of an array value.
    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// Element type and number of elements; arrays of more dimensions are refused.
    mutating func header() throws(PostgresDecodingFailure) -> (elementType: PostgresType, count: Int) {
        let dimensions = try integer()
        _ = try integer()
        let elementType = PostgresType(rawValue: UInt32(bitPattern: try integer()))
        guard dimensions != 0 else { return (elementType, 0) }
        guard dimensions == 1 else { throw .malformed }
        let count = Int(try integer())
        _ = try integer()
        // Each element takes four bytes at least, which bounds what a caller reserves.
        guard count >= 0, count <= (bytes.count - offset) / 4 else { throw .malformed }
        return (elementType, count)
    }

    /// The bytes of the next element; `nil` is NULL.
    mutating func element() throws(PostgresDecodingFailure) -> UnsafeRawBufferPointer? {
        let length = Int(try integer())
        guard length >= 0 else { return nil }
        guard length <= bytes.count - offset else { throw .malformed }
        defer { offset += length }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length])
    }

    private mutating func integer() throws(PostgresDecodingFailure) -> Int32 {
        guard bytes.count - offset >= 4 else { throw .malformed }
        defer { offset += 4 }
        return Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self))
    }
}
