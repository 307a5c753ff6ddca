/// A value that can be bound to a parameter (`$1`, `$2`, ...) in the server's binary form.
///
/// The type is stated to the server when the statement is prepared, so a `String` bound where a column is an
/// enumeration, a date or `jsonb` needs a cast in the SQL: `$1::text::status`, `$1::jsonb`.
public protocol PostgresEncodable: Sendable {
    /// The type the parameter is declared with.
    static var postgresType: PostgresType { get }

    /// True when the value is NULL; ``encode(into:)`` is then not called.
    var isPostgresNull: Bool { get }

    /// Appends the binary form, without a length.
    func encode(into bytes: inout PostgresBytes)
}

extension PostgresEncodable {
    /// Values are not NULL unless they say so.
    public var isPostgresNull: Bool { false }
}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
    /// The type of the value that may be missing.
    public static var postgresType: PostgresType { Wrapped.postgresType }

    /// True for `nil`.
    public var isPostgresNull: Bool {
        switch self {
        case .none: true
        case .some(let value): value.isPostgresNull
        }
    }

    /// Appends the value when there is one.
    public func encode(into bytes: inout PostgresBytes) {
        if case .some(let value) = self { value.encode(into: &bytes) }
    }
}
