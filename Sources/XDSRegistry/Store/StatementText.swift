import PostgresKit

/// A statement put together from conditions: text of ours and bound values, in one prepared shape for each combination.
///
/// There are as many shapes as combinations of filters that partners really use; each connection prepares a shape once.
struct StatementText {
    private var text: PostgresQuery.StringInterpolation

    init(_ start: String) {
        text = PostgresQuery.StringInterpolation(literalCapacity: 512, interpolationCount: 8)
        text.appendLiteral(start)
    }

    /// Appends text of ours.
    mutating func append(_ literal: String) {
        text.appendLiteral(literal)
    }

    /// Appends text of ours, a bound value, and text of ours.
    mutating func append(_ before: String, _ value: some PostgresEncodable, _ after: String = "") {
        text.appendLiteral(before)
        text.appendInterpolation(value)
        text.appendLiteral(after)
    }

    /// The finished statement.
    var query: PostgresQuery { PostgresQuery(stringInterpolation: text) }
}
