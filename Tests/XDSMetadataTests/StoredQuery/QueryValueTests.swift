import Testing

@testable import XDSMetadata

@Suite("TF-2 3.18.4.1.2.3.5: coding of values")
struct QueryValueTests {
    private static func quoted(_ text: String) -> QueryLiteral { QueryLiteral(text: text, form: .quoted) }
    private static func bare(_ text: String) -> QueryLiteral { QueryLiteral(text: text, form: .bare) }

    @Test(
        "valid",
        arguments: [
            ("'abc'", .single(quoted("abc"))), ("''", .single(quoted(""))),
            ("'Children''s'", .single(quoted("Children's"))),
            ("''''", .single(quoted("'"))), ("123", .single(bare("123"))), ("\n 123 \t", .single(bare("123"))),
            ("()", .list([])), (" ( ) ", .list([])), ("('a')", .list([quoted("a")])),
            ("('a','b')", .list([quoted("a"), quoted("b")])),
            (" ( 'a' ,\n 'b' ) ", .list([quoted("a"), quoted("b")])),
            ("('a,b','c)')", .list([quoted("a,b"), quoted("c)")])),
            ("(1,2)", .list([bare("1"), bare("2")])), ("('é''ë')", .list([quoted("é'ë")])),
        ] as [(String, QueryValue)]
    )
    func reads(_ text: String, _ value: QueryValue) throws { #expect(try QueryValue.parse(text) == value) }

    @Test(
        "invalid",
        arguments: [
            "", " ", "'", "'abc", "abc'", "'a' 'b'", "'a','b'", "(", "(,)", "('a'", "('a',)", "('a' 'b')", "('a'))",
            "(('a'))", "('a'b)", "1 2",
        ]
    )
    func refuses(_ text: String) { #expect(throws: FormatProblem.self) { try QueryValue.parse(text) } }

    @Test(
        "LIKE: % any run, _ one character, the whole text, case counts",
        arguments: [
            ("%", "", true), ("%", "abc", true), ("_", "a", true), ("_", "", false), ("_", "ab", false),
            ("a%", "abc", true),
            ("%c", "abc", true), ("%b%", "abc", true), ("b", "abc", false), ("a_c", "abc", true), ("A%", "abc", false),
            ("%^Vries^%", "1^Vries^K", true), ("%a%a%", "banana", true), ("%x%", "banana", false), ("_é%", "né", true),
            ("a\\%", "a\\b", true), ("%ab", "aab", true), ("", "", true), ("", "a", false),
        ]
    )
    func matches(_ pattern: String, _ text: String, _ result: Bool) {
        #expect(LikePattern(pattern).matches(text) == result)
    }

    @Test("date range: from is inclusive, to exclusive, each the earliest instant")
    func rangeBounds() throws {
        let day = try DTM(parsing: "20041224")
        #expect(DTMRange(from: day, to: nil).contains(day))
        #expect(!DTMRange(from: nil, to: day).contains(day))
        #expect(DTMRange(from: try DTM(parsing: "2004"), to: try DTM(parsing: "2005")).contains(day))
        #expect(DTMRange(from: nil, to: nil).isUnlimited)
        #expect(DTMRange(from: day, to: day).from == "20041224000000")
    }
}
