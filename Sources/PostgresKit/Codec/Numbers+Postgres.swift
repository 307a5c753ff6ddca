extension Bool: PostgresEncodable, PostgresDecodable {
    /// `boolean`.
    public static var postgresType: PostgresType { .bool }

    /// One byte, 0 or 1.
    public func encode(into bytes: inout PostgresBytes) {
        bytes.write(self ? UInt8(1) : UInt8(0))
    }

    /// Reads `boolean`.
    public static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> Bool {
        guard cell.type == .bool else { throw .typeMismatch }
        return try cell.integer(UInt8.self) != 0
    }
}

extension Int16: PostgresEncodable, PostgresDecodable {
    /// `smallint`.
    public static var postgresType: PostgresType { .int2 }

    /// Two bytes.
    public func encode(into bytes: inout PostgresBytes) {
        bytes.write(self)
    }

    /// Reads `smallint`.
    public static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> Int16 {
        guard cell.type == .int2 else { throw .typeMismatch }
        return try cell.integer(Int16.self)
    }
}

extension Int32: PostgresEncodable, PostgresDecodable {
    /// `integer`.
    public static var postgresType: PostgresType { .int4 }

    /// Four bytes.
    public func encode(into bytes: inout PostgresBytes) {
        bytes.write(self)
    }

    /// Reads `integer` and `smallint`.
    public static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> Int32 {
        switch cell.type {
        case .int4: return try cell.integer(Int32.self)
        case .int2: return try Int32(cell.integer(Int16.self))
        default: throw .typeMismatch
        }
    }
}

extension Int64: PostgresEncodable, PostgresDecodable {
    /// `bigint`.
    public static var postgresType: PostgresType { .int8 }

    /// Eight bytes.
    public func encode(into bytes: inout PostgresBytes) {
        bytes.write(self)
    }

    /// Reads `bigint`, `integer`, `smallint` and `oid`.
    public static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> Int64 {
        switch cell.type {
        case .int8: return try cell.integer(Int64.self)
        case .int4: return try Int64(cell.integer(Int32.self))
        case .int2: return try Int64(cell.integer(Int16.self))
        case .oid: return try Int64(cell.integer(UInt32.self))
        default: throw .typeMismatch
        }
    }
}

extension Int: PostgresEncodable, PostgresDecodable {
    /// `bigint`.
    public static var postgresType: PostgresType { .int8 }

    /// Eight bytes.
    public func encode(into bytes: inout PostgresBytes) {
        bytes.write(Int64(self))
    }

    /// Reads what `Int64` reads.
    public static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> Int {
        Int(truncatingIfNeeded: try Int64.decode(cell))
    }
}

extension Double: PostgresEncodable, PostgresDecodable {
    /// `double precision`.
    public static var postgresType: PostgresType { .float8 }

    /// Eight bytes, IEEE 754.
    public func encode(into bytes: inout PostgresBytes) {
        bytes.write(bitPattern)
    }

    /// Reads `double precision` and `real`; `numeric` needs a cast in the SQL.
    public static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> Double {
        switch cell.type {
        case .float8: return try Double(bitPattern: cell.integer(UInt64.self))
        case .float4: return try Double(Float(bitPattern: cell.integer(UInt32.self)))
        default: throw .typeMismatch
        }
    }
}
