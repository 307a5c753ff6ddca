public import NIOCore

extension ByteBuffer: PostgresEncodable, PostgresDecodable {
    /// `bytea`.
    public static var postgresType: PostgresType { .bytea }

    /// The readable bytes as they are.
    public func encode(into bytes: inout PostgresBytes) {
        bytes.write(contentsOf: readableBytesView)
    }

    /// Copies `bytea`, or the UTF-8 of `text`, into a buffer of its own.
    public static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> ByteBuffer {
        switch cell.type {
        case .bytea, .text, .varchar: return ByteBuffer(bytes: try cell.required())
        default: throw .typeMismatch
        }
    }
}
