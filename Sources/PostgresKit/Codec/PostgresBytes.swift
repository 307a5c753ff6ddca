/// The binary forms of the parameters of one query, end to end in one allocation.
public struct PostgresBytes: Sendable {
    /// What was written so far.
    @usableFromInline var storage: [UInt8]

    /// An empty buffer.
    @usableFromInline init() {
        storage = []
    }

    /// How many bytes were written.
    public var count: Int { storage.count }

    /// Makes room for at least this many bytes in all.
    public mutating func reserveCapacity(_ capacity: Int) {
        storage.reserveCapacity(capacity)
    }

    /// Appends an integer in network byte order.
    @inlinable
    public mutating func write<I: FixedWidthInteger>(_ integer: I) {
        withUnsafeBytes(of: integer.bigEndian) { storage.append(contentsOf: $0) }
    }

    /// Appends bytes as they are.
    @inlinable
    public mutating func write(contentsOf bytes: some Sequence<UInt8>) {
        storage.append(contentsOf: bytes)
    }

    /// Appends what stands in front of the elements of a one-dimensional array; an empty one has no dimension.
    mutating func writeArrayHeader(of element: PostgresType, count: Int, hasNulls: Bool) {
        write(Int32(count > 0 ? 1 : 0))
        write(Int32(hasNulls ? 1 : 0))
        write(element.rawValue)
        guard count > 0 else { return }
        write(Int32(truncatingIfNeeded: count))
        write(Int32(1))
    }

    /// Appends a value with its length in front, -1 for NULL: the form of array elements.
    mutating func writeElement(_ value: some PostgresEncodable) {
        guard !value.isPostgresNull else {
            write(Int32(-1))
            return
        }
        let start = storage.count
        write(Int32(0))
        value.encode(into: &self)
        let length = Int32(truncatingIfNeeded: storage.count - start - 4)
        storage.withUnsafeMutableBytes { $0.storeBytes(of: length.bigEndian, toByteOffset: start, as: Int32.self) }
    }
}
