import Crypto

/// The bytes of a row that its hash covers: the hash of the row before, then each column as PostgreSQL sends it in binary form,
/// with its length in front (-1 for NULL). A reader needs no knowledge of the columns to check the hash.
struct CanonicalBytes {
    /// What was appended.
    private(set) var bytes: [UInt8] = []

    /// No bytes yet.
    init(capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
    }

    /// Begins a row that follows the row with this hash.
    mutating func begin(after previous: [UInt8]) {
        bytes.removeAll(keepingCapacity: true)
        bytes.append(contentsOf: previous)
    }

    mutating func append<I: FixedWidthInteger>(_ integer: I) {
        write(Int32(MemoryLayout<I>.size))
        write(integer)
    }

    mutating func append(_ integer: Int32?) {
        if let integer { append(integer) } else { write(Int32(-1)) }
    }

    mutating func append(_ text: String?) {
        guard var text else { return write(Int32(-1)) }
        text.withUTF8 { append($0) }
    }

    mutating func append(_ content: ArraySlice<UInt8>?) {
        guard let content else { return write(Int32(-1)) }
        content.withUnsafeBufferPointer { append($0) }
    }

    /// A column as the server sent it.
    mutating func append(_ raw: UnsafeRawBufferPointer?) {
        guard let raw else { return write(Int32(-1)) }
        write(Int32(truncatingIfNeeded: raw.count))
        bytes.append(contentsOf: raw)
    }

    private mutating func append(_ content: UnsafeBufferPointer<UInt8>) {
        write(Int32(truncatingIfNeeded: content.count))
        bytes.append(contentsOf: content)
    }

    private mutating func write<I: FixedWidthInteger>(_ integer: I) {
        withUnsafeBytes(of: integer.bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// SHA-256 over what was appended.
    var hash: [UInt8] { Array(SHA256.hash(data: bytes)) }

    /// The hash of a row that follows the row with this hash.
    /// - Parameter rest: its columns behind the first, as they are appended here.
    static func hash(after previous: [UInt8], sequence: Int64, rest: [UInt8]) -> [UInt8] {
        var place = CanonicalBytes(capacity: previous.count + 12)
        place.begin(after: previous)
        place.append(sequence)
        var hash = SHA256()
        hash.update(data: place.bytes)
        hash.update(data: rest)
        return Array(hash.finalize())
    }
}
