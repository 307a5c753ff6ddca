public import FoundationEssentials

extension Date: PostgresEncodable, PostgresDecodable {
    /// `timestamp with time zone`.
    public static var postgresType: PostgresType { .timestamptz }

    /// Seconds from the Unix epoch to the server's, 2000-01-01T00:00:00Z.
    private static let epoch: Double = 946_684_800
    /// Beyond this many seconds (about 290,000 years) microseconds leave the range of the type.
    private static let limit: Double = 9_000_000_000_000

    /// Microseconds since 2000-01-01T00:00:00Z, rounded; what lies out of range becomes an infinity.
    public func encode(into bytes: inout PostgresBytes) {
        let seconds = timeIntervalSince1970 - Self.epoch
        if seconds >= Self.limit {
            bytes.write(Int64.max)
        } else if seconds > -Self.limit {
            bytes.write(Int64((seconds * 1_000_000).rounded()))
        } else {
            bytes.write(Int64.min)
        }
    }

    /// Reads `timestamptz`; the infinities become `distantFuture` and `distantPast`.
    public static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> Date {
        guard cell.type == .timestamptz else { throw .typeMismatch }
        switch try cell.integer(Int64.self) {
        case .max: return .distantFuture
        case .min: return .distantPast
        case let microseconds: return Date(timeIntervalSince1970: Double(microseconds) / 1_000_000 + epoch)
        }
    }
}
