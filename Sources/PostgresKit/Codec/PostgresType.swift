/// A data type of the server by its object identifier, as listed in the system catalogue `pg_type`.
///
/// Parameters carry it so that a statement is prepared with the types the caller means; columns carry it so that a
/// decoder can refuse bytes of another type instead of misreading them.
public struct PostgresType: RawRepresentable, Hashable, Sendable {
    /// The object identifier (`pg_type.oid`).
    public let rawValue: UInt32

    /// The type with this object identifier.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// `boolean`.
    public static let bool = PostgresType(rawValue: 16)
    /// `bytea`.
    public static let bytea = PostgresType(rawValue: 17)
    /// `name`: identifiers in the catalogue.
    public static let name = PostgresType(rawValue: 19)
    /// `bigint`.
    public static let int8 = PostgresType(rawValue: 20)
    /// `smallint`.
    public static let int2 = PostgresType(rawValue: 21)
    /// `integer`.
    public static let int4 = PostgresType(rawValue: 23)
    /// `text`.
    public static let text = PostgresType(rawValue: 25)
    /// `oid`.
    public static let oid = PostgresType(rawValue: 26)
    /// `json`.
    public static let json = PostgresType(rawValue: 114)
    /// `real`.
    public static let float4 = PostgresType(rawValue: 700)
    /// `double precision`.
    public static let float8 = PostgresType(rawValue: 701)
    /// A literal whose type the server did not decide.
    public static let unknown = PostgresType(rawValue: 705)
    /// `boolean[]`.
    public static let boolArray = PostgresType(rawValue: 1000)
    /// `bytea[]`.
    public static let byteaArray = PostgresType(rawValue: 1001)
    /// `name[]`.
    public static let nameArray = PostgresType(rawValue: 1003)
    /// `smallint[]`.
    public static let int2Array = PostgresType(rawValue: 1005)
    /// `integer[]`.
    public static let int4Array = PostgresType(rawValue: 1007)
    /// `text[]`.
    public static let textArray = PostgresType(rawValue: 1009)
    /// `varchar[]`.
    public static let varcharArray = PostgresType(rawValue: 1015)
    /// `bigint[]`.
    public static let int8Array = PostgresType(rawValue: 1016)
    /// `double precision[]`.
    public static let float8Array = PostgresType(rawValue: 1022)
    /// `character(n)`.
    public static let bpchar = PostgresType(rawValue: 1042)
    /// `character varying`.
    public static let varchar = PostgresType(rawValue: 1043)
    /// `timestamp with time zone`.
    public static let timestamptz = PostgresType(rawValue: 1184)
    /// `timestamp with time zone[]`.
    public static let timestamptzArray = PostgresType(rawValue: 1185)
    /// `void`: what a function without a result returns.
    public static let void = PostgresType(rawValue: 2278)
    /// `uuid`.
    public static let uuid = PostgresType(rawValue: 2950)
    /// `uuid[]`.
    public static let uuidArray = PostgresType(rawValue: 2951)
    /// `jsonb`.
    public static let jsonb = PostgresType(rawValue: 3802)
}

extension PostgresType: CustomStringConvertible {
    /// The SQL name of the types this library knows, `type 12345` for others.
    public var description: String {
        Self.names[self] ?? "type \(rawValue)"
    }

    private static let names: [PostgresType: String] = [
        .bool: "boolean", .bytea: "bytea", .name: "name", .int8: "bigint", .int2: "smallint", .int4: "integer",
        .text: "text", .oid: "oid", .json: "json", .float4: "real", .float8: "double precision",
        .unknown: "unknown", .boolArray: "boolean[]", .byteaArray: "bytea[]", .nameArray: "name[]",
        .int2Array: "smallint[]", .int4Array: "integer[]", .textArray: "text[]", .varcharArray: "varchar[]",
        .int8Array: "bigint[]", .float8Array: "double precision[]", .bpchar: "character", .varchar: "varchar",
        .timestamptz: "timestamptz", .timestamptzArray: "timestamptz[]", .void: "void", .uuid: "uuid",
        .uuidArray: "uuid[]", .jsonb: "jsonb",
    ]
}
