/// One value inside a query parameter: quoted text or a bare word.
///
/// - Source: ITI TF-2: 3.18.4.1.2.3.5.
struct QueryLiteral: Hashable, Sendable {
    /// Whether it stood in single quotes.
    enum Form: Hashable, Sendable {
        case quoted
        case bare
    }

    /// The text; doubled quotes are single again.
    let text: String
    let form: Form
}

/// The content of one `rim:Value` of a query parameter: a single literal, or a list in parentheses.
enum QueryValue: Hashable, Sendable {
    case single(QueryLiteral)
    case list([QueryLiteral])

    /// Reads the text of a Value: `'a'`, `123`, `('a','b')`, `()`; white space between the parts is ignored.
    ///
    /// - Throws: FormatProblem.
    static func parse(_ text: String) throws(FormatProblem) -> QueryValue {
        var scanner = QueryValueScanner(text)
        return try scanner.value()
    }
}

/// Cursor over the bytes of one Value.
private struct QueryValueScanner {
    private let bytes: [UInt8]
    private var place = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    mutating func value() throws(FormatProblem) -> QueryValue {
        skipSpace()
        guard let first = peek() else { throw FormatProblem("is empty") }
        let result: QueryValue
        if first == UInt8(ascii: "(") {
            place += 1
            result = .list(try list())
        } else {
            result = .single(try literal())
        }
        skipSpace()
        guard peek() == nil else { throw FormatProblem("has text after its end") }
        return result
    }

    private mutating func list() throws(FormatProblem) -> [QueryLiteral] {
        var literals: [QueryLiteral] = []
        skipSpace()
        if peek() == UInt8(ascii: ")") {
            place += 1
            return literals
        }
        while true {
            skipSpace()
            literals.append(try literal())
            skipSpace()
            switch peek() {
            case UInt8(ascii: ","): place += 1
            case UInt8(ascii: ")"):
                place += 1
                return literals
            case nil: throw FormatProblem("has no closing parenthesis")
            default: throw FormatProblem("lacks a comma between two values")
            }
        }
    }

    private mutating func literal() throws(FormatProblem) -> QueryLiteral {
        if peek() == UInt8(ascii: "'") { return QueryLiteral(text: try quoted(), form: .quoted) }
        let start = place
        while let byte = peek(), byte != UInt8(ascii: ","), byte != UInt8(ascii: ")"), !TextFormat.isSpace(byte) {
            guard byte != UInt8(ascii: "'"), byte != UInt8(ascii: "(") else {
                throw FormatProblem("has a quote or parenthesis inside a bare value")
            }
            place += 1
        }
        guard place > start else { throw FormatProblem("has an empty value") }
        return QueryLiteral(text: String(decoding: bytes[start..<place], as: UTF8.self), form: .bare)
    }

    private mutating func quoted() throws(FormatProblem) -> String {
        place += 1
        var text: [UInt8] = []
        while let byte = peek() {
            place += 1
            guard byte == UInt8(ascii: "'") else {
                text.append(byte)
                continue
            }
            guard peek() == UInt8(ascii: "'") else { return String(decoding: text, as: UTF8.self) }
            text.append(byte)
            place += 1
        }
        throw FormatProblem("has no closing quote")
    }

    private func peek() -> UInt8? { place < bytes.count ? bytes[place] : nil }

    private mutating func skipSpace() {
        while let byte = peek(), TextFormat.isSpace(byte) { place += 1 }
    }
}
