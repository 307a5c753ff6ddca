import FoundationEssentials

/// How the literals of a query parameter become values.
///
/// - Source: ITI TF-2: 3.18.4.1.2.3.
struct QueryParameterType<Value: Hashable & Sendable>: Sendable {
    /// What is made of one literal.
    enum Reading {
        /// A value.
        case value(Value)
        /// A value, written in a way that is worth counting.
        case deviating(Value, Deviation)
        /// Not understood, and to be ignored by the standard.
        case ignored
    }

    let read: @Sendable (QueryLiteral) throws(FormatProblem) -> Reading
}

extension QueryParameterType where Value == String {
    /// Text in quotes, compared exactly.
    static var text: Self { Self { (literal) throws(FormatProblem) in .value(try quoted(literal)) } }
}

extension QueryParameterType where Value == LikePattern {
    /// Text in quotes with `%` and `_`.
    static var pattern: Self {
        Self { (literal) throws(FormatProblem) in .value(LikePattern(try quoted(literal))) }
    }
}

extension QueryParameterType where Value == PatientID {
    /// A CX in quotes.
    static var patientId: Self {
        Self { (literal) throws(FormatProblem) in
            let text = try quoted(literal)
            let id = try PatientID(parsing: TextFormat.trimmed(text))
            return id.cx == text ? .value(id) : .deviating(id, .strayWhitespace)
        }
    }
}

extension QueryParameterType where Value == CodedValue {
    /// `'code^^codingScheme'`.
    static var code: Self {
        Self { (literal) throws(FormatProblem) in
            let text = try quoted(literal)
            let code = try CodedValue(parsing: text)
            return code.key == text ? .value(code) : .deviating(code, .strayWhitespaceInCode)
        }
    }
}

extension QueryParameterType where Value == DTM {
    /// A time; bare, or in quotes (CP-ITI-1260).
    static var dtm: Self {
        Self { (literal) throws(FormatProblem) in
            let time = try DTM(parsing: TextFormat.trimmed(literal.text))
            return literal.form == .bare ? .value(time) : .deviating(time, .quotedDTM)
        }
    }
}

extension QueryParameterType where Value == Int {
    /// A whole number from 0; bare, or in quotes.
    static var number: Self {
        Self { (literal) throws(FormatProblem) in
            guard literal.text.utf8.allSatisfy(TextFormat.isDigit), let number = Int(literal.text) else {
                throw FormatProblem("is not a number")
            }
            return .value(number)
        }
    }
}

extension QueryParameterType where Value == UUID {
    /// An entryUUID. A text that is no UUID names no object, so it is ignored.
    static var entryUUID: Self {
        Self { (literal) throws(FormatProblem) in
            let text = try quoted(literal)
            let bare = TextFormat.trimmed(text)
            guard let id = EntryUUID(bare).uuid else { return .ignored }
            if id.urn == text { return .value(id) }
            return .deviating(id, bare == text ? .upperCaseUUID : .strayWhitespace)
        }
    }
}

extension QueryParameterType where Value: RawRepresentable, Value.RawValue == String {
    /// One of the URNs of an enumeration; others are ignored.
    static var urn: Self {
        Self { (literal) throws(FormatProblem) in
            let text = try quoted(literal)
            guard let value = Value(rawValue: TextFormat.trimmed(text)) else { return .ignored }
            return value.rawValue == text ? .value(value) : .deviating(value, .strayWhitespace)
        }
    }
}

/// The text of a literal that has to stand in quotes.
private func quoted(_ literal: QueryLiteral) throws(FormatProblem) -> String {
    guard literal.form == .quoted else { throw FormatProblem("is not in single quotes") }
    return literal.text
}
