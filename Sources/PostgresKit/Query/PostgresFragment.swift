/// A part of a statement with its parameters, such as a row of values. A query takes several, divided by commas:
/// ```swift
/// let rows: [PostgresFragment] = organisations.map { "(\($0.ura), \($0.name))" }
/// let query: PostgresQuery = "insert into organisation (ura, name) values \(rows)"
/// ```
/// The number of parts is in the text of the query, which should be one of a bounded set.
public struct PostgresFragment: Sendable {
    /// The text around the parameters: one piece more than there are parameters.
    let pieces: [String]
    let binds: PostgresBindings
}

extension PostgresFragment: ExpressibleByStringInterpolation {
    /// A part without parameters.
    public init(stringLiteral value: String) {
        self.init(pieces: [value], binds: PostgresBindings())
    }

    /// A part from literal pieces and values.
    public init(stringInterpolation: StringInterpolation) {
        self.init(pieces: stringInterpolation.pieces, binds: stringInterpolation.binds)
    }

    /// Collects pieces and parameters of an interpolated literal.
    public struct StringInterpolation: StringInterpolationProtocol, Sendable {
        /// The pieces so far.
        var pieces: [String]
        /// The parameters so far.
        var binds: PostgresBindings

        /// Room for the pieces and the parameters of the literal.
        public init(literalCapacity: Int, interpolationCount: Int) {
            pieces = []
            pieces.reserveCapacity(interpolationCount + 1)
            pieces.append("")
            binds = PostgresBindings(capacity: interpolationCount)
        }

        /// Appends SQL as written.
        public mutating func appendLiteral(_ literal: String) {
            pieces[pieces.count - 1].append(literal)
        }

        /// Appends a parameter.
        public mutating func appendInterpolation(_ value: some PostgresEncodable) {
            binds.append(value)
            pieces.append("")
        }

        /// Appends a parameter that may be NULL.
        public mutating func appendInterpolation(_ value: (some PostgresEncodable)?) {
            binds.append(value)
            pieces.append("")
        }
    }
}

extension PostgresQuery.StringInterpolation {
    /// Appends one or more parts of the statement, with commas between them.
    public mutating func appendInterpolation(_ fragments: [PostgresFragment]) {
        for (index, fragment) in fragments.enumerated() {
            if index > 0 { sql.append(", ") }
            for (place, piece) in fragment.pieces.enumerated() {
                if place > 0 {
                    sql.append("$")
                    sql.append(String(binds.count + place))
                }
                sql.append(piece)
            }
            binds.append(contentsOf: fragment.binds)
        }
    }
}
