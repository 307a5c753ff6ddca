import Foundation
import Testing
import XDSMetadata

/// `docs/conformance.md`: tables whose last column names the tests that prove a row.
///
/// `SuiteTests.function` is a test of the Swift file of that name (or of its `+` parts), `conformance/module.function` a
/// check of `Tests/Interoperability/conformance`, and a name with a point and an ending a whole program of
/// `Tests/Interoperability`.
@Suite("The conformance table")
struct ConformanceTableTests {
    /// A row of a table that is not its head.
    struct Row {
        let line: Int
        let text: String
        let tests: [String]
    }

    private static let tests = TestSurroundings.root + "/Tests"
    private static let document: String = {
        (try? String(contentsOfFile: TestSurroundings.root + "/docs/conformance.md", encoding: .utf8)) ?? ""
    }()

    private static func rows(of document: String) -> [Row] {
        var rows: [Row] = []
        var isHead = true
        for (index, line) in document.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard line.hasPrefix("|") else {
                isHead = true
                continue
            }
            // The head of a table is its first line and the one below.
            if isHead || line.hasPrefix("|---") || line.hasPrefix("| ---") {
                isHead = false
                continue
            }
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast()
            let tests = cells.last.map { $0.matches(of: #/`([^`]+)`/#).map { String($0.1) } } ?? []
            rows.append(Row(line: index + 1, text: String(line), tests: tests))
        }
        return rows
    }

    /// Names of all tests, in the forms above.
    private static func known() throws -> Set<String> {
        var known: Set<String> = []
        let files = FileManager.default.enumerator(atPath: tests)
        while let path = files?.nextObject() as? String {
            guard ["swift", "py", "sh", "c"].contains(path.split(separator: ".").last ?? "") else { continue }
            let name = String(path.split(separator: "/").last ?? "")
            if path.hasPrefix("Interoperability/") { known.insert(name) }
            let text = try String(contentsOfFile: tests + "/" + path, encoding: .utf8)
            if name.hasSuffix(".swift") {
                let suite = name.prefix { $0 != "." && $0 != "+" }
                for test in functions(in: text, mark: "@Test", keyword: "func ") { known.insert("\(suite).\(test)") }
            } else if path.hasPrefix("Interoperability/conformance/") {
                let module = name.prefix { $0 != "." }
                for test in functions(in: text, mark: "@check(", keyword: "def ") {
                    known.insert("conformance/\(module).\(test)")
                }
            }
        }
        return known
    }

    /// The functions that follow a mark.
    private static func functions(in text: String, mark: String, keyword: String) -> [String] {
        text.components(separatedBy: mark).dropFirst().compactMap { rest in
            rest.firstRange(of: keyword).map { String(rest[$0.upperBound...].prefix { $0 != "(" && $0 != "<" }) }
        }
    }

    @Test("every row names at least one test, and every test it names exists")
    func namesTests() throws {
        let rows = Self.rows(of: Self.document)
        #expect(rows.count > 100)
        let known = try Self.known()
        for row in rows {
            #expect(!row.tests.isEmpty, "line \(row.line) names no test: \(row.text)")
            for test in row.tests {
                let exists = known.contains(test)
                #expect(exists, "line \(row.line): there is no test \(test)")
            }
        }
    }

    @Test("a row without a test and a row with one that does not exist are found")
    func findsGaps() throws {
        let rows = Self.rows(of: "| what | test |\n|---|---|\n| a | |\n| b | `NoSuchTests.test` |\n")
        #expect(rows.map(\.tests) == [[], ["NoSuchTests.test"]])
        #expect(try !Self.known().contains("NoSuchTests.test"))
        #expect(try Self.known().contains("ConformanceTableTests.findsGaps"))
    }

    @Test("every transaction and stored query has its row")
    func isComplete() {
        let text = Self.rows(of: Self.document).map(\.text).joined(separator: "\n")
        for transaction in TransactionID.served {
            #expect(text.contains("| \(transaction.rawValue) "), "\(transaction.rawValue)")
        }
        for query in StoredQueryID.allCases {
            let name = "\(query)"
            #expect(text.contains("| \(name.prefix(1).uppercased() + name.dropFirst()) "), "\(query)")
        }
    }
}
