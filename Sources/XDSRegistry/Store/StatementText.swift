import PostgresKit

/// A statement put together from conditions: text of ours and bound values, in one prepared shape for each combination.
///
/// There are as many shapes as combinations of filters that partners really use; each connection prepares a shape once.
struct StatementText {
    /// What the statement shows of the objects it finds.
    let visibility: Visibility
    private(set) var text: PostgresQuery.StringInterpolation

    init(_ start: String, _ visibility: Visibility) {
        self.visibility = visibility
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

    /// Appends what somebody else writes.
    mutating func append(_ write: (inout PostgresQuery.StringInterpolation) -> Void) {
        write(&text)
    }

    /// The finished statement.
    var query: PostgresQuery { PostgresQuery(stringInterpolation: text) }
}
