/// SQL text and its parameters.
///
/// Made by interpolation, values become parameters and never text:
/// ```swift
/// let query: PostgresQuery = "select name from organisation where ura = \(ura)"
/// ```
/// or from a text that is used again and again with ``init(unescaped:_:)``. The text identifies the prepared
/// statement on a connection, so it should be one of a bounded set.
public struct PostgresQuery: Sendable {
    /// The text with `$1`, `$2`, ... in the places of parameters.
    public let sql: String
    /// The parameters.
    public let binds: PostgresBindings

    /// A query from a text of our own: nothing a peer sent may be part of it.
    public init(unescaped sql: String, _ binds: PostgresBindings = PostgresBindings()) {
        self.sql = sql
        self.binds = binds
    }
}

extension PostgresQuery: ExpressibleByStringInterpolation {
    /// A query without parameters.
    public init(stringLiteral value: String) {
        self.init(unescaped: value)
    }

    /// A query from literal parts and values.
    public init(stringInterpolation: StringInterpolation) {
        self.init(unescaped: stringInterpolation.sql, stringInterpolation.binds)
    }

    /// Collects text and parameters of an interpolated literal.
    public struct StringInterpolation: StringInterpolationProtocol, Sendable {
        /// The text so far.
        var sql: String
        /// The parameters so far.
        var binds: PostgresBindings

        /// Room for the text and the parameters of the literal.
        public init(literalCapacity: Int, interpolationCount: Int) {
            sql = ""
            sql.reserveCapacity(literalCapacity + interpolationCount * 3)
            binds = PostgresBindings(capacity: interpolationCount)
        }

        /// Appends SQL as written.
        public mutating func appendLiteral(_ literal: String) {
            sql.append(literal)
        }

        /// Appends a parameter.
        public mutating func appendInterpolation(_ value: some PostgresEncodable) {
            binds.append(value)
            appendPlace()
        }

        /// Appends a parameter that may be NULL.
        public mutating func appendInterpolation(_ value: (some PostgresEncodable)?) {
            binds.append(value)
            appendPlace()
        }

        /// Appends a parameter that is in its binary form already; `nil` is NULL.
        public mutating func appendInterpolation(encoded value: UnsafeRawBufferPointer?, as type: PostgresType) {
            binds.append(encoded: value, as: type)
            appendPlace()
        }

        /// Appends an array of so many elements.
        /// - Parameters:
        ///   - element: the type of the elements.
        ///   - type: the type of the array.
        ///   - write: appends the binary forms of the elements, each with its length in front, -1 for NULL.
        public mutating func appendInterpolation(
            arrayOf element: PostgresType, as type: PostgresType, count: Int, hasNulls: Bool,
            _ write: (inout PostgresBytes) -> Void
        ) {
            binds.append(arrayOf: element, as: type, count: count, hasNulls: hasNulls, write)
            appendPlace()
        }

        /// Appends text of our own, such as the name of a column: nothing a peer sent may be part of it.
        public mutating func appendInterpolation(unescaped text: String) {
            sql.append(text)
        }

        /// Where the parameter stands that was appended last.
        private mutating func appendPlace() {
            sql.append("$")
            sql.append(String(binds.count))
        }
    }
}
