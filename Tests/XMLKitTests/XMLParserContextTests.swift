import NIOCore
import Testing

@testable import XMLKit

/// Parser contexts are used again: nothing of a document may be seen in the next one.
@Suite struct XMLParserContextTests {
    /// A document, and what it has to give: its text with the expanded names, or `nil` when it has to be refused.
    struct Case: Sendable {
        let bytes: ByteBuffer
        var encoding: String?
        let expected: String?

        init(_ text: String, _ expected: String?) {
            bytes = ByteBuffer(string: text)
            self.expected = expected
        }

        init(_ bytes: [UInt8], _ encoding: String?, _ expected: String?) {
            self.bytes = ByteBuffer(bytes: bytes)
            self.encoding = encoding
            self.expected = expected
        }
    }

    private static let cases: [Case] = [
        Case("<a xmlns='urn:1' xmlns:p='urn:2' p:x='1'><p:b>é</p:b></a>", "{urn:1}a {urn:2}b é"),
        // The same prefixes mean something else, and one is not declared any more.
        Case("<a xmlns:p='urn:3'><p:b>2</p:b></a>", "a {urn:3}b 2"),
        Case("<p:a><b>3</b></p:a>", "p:a b 3"),
        Case("<a xmlns='urn:1' xmlns:p='urn:2'><p:b>", nil),
        Case("<a xmlns:p='urn:9'><p:b></a>", nil),
        Case("<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", nil),
        Case("<a>&e;</a>", nil),
        Case([0x3C, 0x61, 0x3E, 0xE9, 0x3C, 0x2F, 0x61, 0x3E], "iso-8859-1", "a é"),
        Case([0x3C, 0x61, 0x3E, 0xE9, 0x3C, 0x2F, 0x61, 0x3E], nil, nil),
        Case(Array("<?xml version='1.0' encoding='iso-8859-1'?><a>".utf8) + [0xE9] + Array("</a>".utf8), nil, "a é"),
        Case([0xFE, 0xFF] + "<a>€</a>".utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }, nil, "a €"),
        Case([0xFF, 0xFE] + "<a>€</a>".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }, nil, "a €"),
        Case("<?xml version='1.0' standalone='yes'?>\n<a>\n&amp;<![CDATA[<]]></a>", "a \n&<"),
        Case("<a>plain</a>", "a plain"),
    ]

    private static func outline(_ element: XMLElement) -> String {
        let parts = [element.name.description] + element.children.map(outline)
        return (parts + (element.text.isEmpty ? [] : [element.text])).joined(separator: " ")
    }

    @Test("documents of every kind in any order, many at once, each as if it were the first")
    func order() async {
        await withTaskGroup(of: Void.self) { group in
            for seed in 0..<4 {
                group.addTask {
                    var order = SystemRandomNumberGenerator()
                    for _ in 0..<100 {
                        for item in Self.cases.shuffled(using: &order) {
                            let document = try? XMLDocument(parsing: item.bytes, encoding: item.encoding)
                            #expect(document.map { Self.outline($0.root) } == item.expected, "round \(seed)")
                        }
                    }
                }
            }
        }
    }

    @Test("the names of earlier documents do not count against the limit of a later one")
    func names() throws {
        for round in 0..<20 {
            let names = (0..<60).map { "<n\(round)-\($0)/>" }.joined()
            let document = try XMLDocument(
                parsing: ByteBuffer(string: "<a>\(names)</a>"), limits: XMLParserLimits(distinctNames: 61))
            #expect(document.root.children.map(\.localName).last == "n\(round)-59")
            #expect(document.root.first(QualifiedName("", "n\(round)-7")) != nil)
            #expect(document.root.first(QualifiedName("", "n\(round - 1)-7")) == nil)
        }
    }

    /// Parses a document and keeps its parser, so that no other object has its address.
    private static func parser(of text: String) throws -> XMLPushParser {
        let parser = try XMLPushParser(limits: .standard, encoding: nil, expectedBytes: text.utf8.count)
        try text.utf8.withContiguousStorageIfAvailable { bytes in
            try parser.parse(UnsafeRawBufferPointer(bytes))
        }
        _ = try parser.finish()
        return parser
    }

    @Test("a context is used again")
    func again() throws {
        let parsers = try (0..<100).map { try Self.parser(of: "<a><b>\($0)</b></a>") }
        #expect(Set(parsers.map { ObjectIdentifier($0.owner) }).count < 100)
    }

    @Test("a context that met very many or very long names is not used again")
    func hostile() throws {
        #expect(try Self.parser(of: "<a xmlns='urn:x'><b c='1'/></a>").owner.isWorthKeeping)
        let many = (0..<600).map { "<n\($0)/>" }.joined()
        #expect(try !Self.parser(of: "<a>\(many)</a>").owner.isWorthKeeping)
        let long = (0..<200).map { "<n xmlns='urn:\($0)\(String(repeating: "x", count: 4_000))'/>" }.joined()
        #expect(try !Self.parser(of: "<a>\(long)</a>").owner.isWorthKeeping)
        let targets = (0..<5_000).map { "<?t\($0) ?>" }.joined()
        #expect(try !Self.parser(of: "<a>\(targets)</a>").owner.isWorthKeeping)
    }

    @Test("a namespace name is bounded: it belongs to each of the names in it")
    func longNamespace() {
        let text = "<a xmlns='urn:\(String(repeating: "x", count: 5_000))'><b/></a>"
        #expect {
            _ = try XMLDocument(parsing: ByteBuffer(string: text))
        } throws: { error in
            (error as? XMLError)?.code == .limitExceeded(.attributeBytes)
        }
    }
}
