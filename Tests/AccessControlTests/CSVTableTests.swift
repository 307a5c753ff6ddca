import Testing

@testable import AccessControl

@Suite("Tables as text: RFC 4180")
struct CSVTableTests {
    private func cells(_ text: String) throws -> [[String]] {
        try CSVTable(parsing: Array(text.utf8)).rows.map(\.cells)
    }

    @Test(
        "commas, semicolons and tabs, whichever the first line has most of",
        arguments: [
            ("a,b\n1,2;3", [["a", "b"], ["1", "2;3"]]), ("a;b\r\n1;2,5\r\n", [["a", "b"], ["1", "2,5"]]),
            ("a\tb\n1\t2\n", [["a", "b"], ["1", "2"]]), ("\u{FEFF}a,b", [["a", "b"]]),
        ])
    func separators(text: String, expected: [[String]]) throws {
        #expect(try cells(text) == expected)
    }

    @Test("a quoted cell holds separators, line feeds and doubled quotation marks")
    func quotes() throws {
        #expect(
            try cells("a,b\n\"x, \"\"y\"\"\", \"1\n2\" \nend,") == [["a", "b"], ["x, \"y\"", "1\n2"], ["end", ""]])
    }

    @Test("lines are counted as an editor counts them, empty ones and those inside cells too")
    func lines() throws {
        let table = try CSVTable(parsing: Array("a,b\n\n,\n\"1\n1\",2\n3,4".utf8))
        #expect(table.rows.map(\.line) == [1, 4, 6])
    }

    @Test(
        "what cannot be taken apart is told with its line",
        arguments: [("a\n\"b", 2), ("a\n\n\"b\"c", 3), ("a,\"", 1)])
    func malformed(text: String, line: Int) {
        let error = #expect(throws: CSVTable.Malformed.self) { try CSVTable(parsing: Array(text.utf8)) }
        #expect(error?.line == line)
    }

    @Test("bytes that are no UTF-8 are told")
    func encoding() {
        let error = #expect(throws: CSVTable.Malformed.self) { try CSVTable(parsing: [0x61, 0xE9, 0x62]) }
        #expect(error?.reason.contains("UTF-8") == true)
    }
}
