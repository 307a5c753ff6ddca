extension String: PostgresEncodable, PostgresDecodable {
    /// `text`.
    public static var postgresType: PostgresType { .text }

    /// The UTF-8 bytes. The server refuses U+0000 with SQLSTATE 22021.
    public func encode(into bytes: inout PostgresBytes) {
        bytes.write(contentsOf: utf8)
    }

    /// Reads the character types, `json` and `jsonb`. An enumeration needs a cast to `text` in the SQL.
    public static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> String {
        var bytes = try cell.required()
        switch cell.type {
        case .text, .varchar, .bpchar, .name, .json, .unknown: break
        case .jsonb:
            // The binary form of jsonb is a version number, 1, and the text.
            guard bytes.first == 1 else { throw .malformed }
            bytes = UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
        default: throw .typeMismatch
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
