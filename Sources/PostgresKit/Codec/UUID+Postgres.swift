public import FoundationEssentials

extension UUID: PostgresEncodable, PostgresDecodable {
    /// `uuid`.
    public static var postgresType: PostgresType { .uuid }

    /// The sixteen bytes.
    public func encode(into bytes: inout PostgresBytes) {
        withUnsafeBytes(of: uuid) { bytes.write(contentsOf: $0) }
    }

    /// Reads `uuid`.
    public static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> UUID {
        guard cell.type == .uuid else { throw .typeMismatch }
        let bytes = try cell.required()
        guard bytes.count == 16 else { throw .malformed }
        return UUID(uuid: bytes.loadUnaligned(as: uuid_t.self))
    }
}
