import NIOCore
import Testing
import XMLKit

@Suite struct XMLDocumentTests {
    static let rim = "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"

    @Test("elements, attributes, text and namespaces arrive as written")
    func readsStructure() throws {
        let document = try XMLDocument(
            parsing: """
                <?xml version="1.0"?>
                <r:List xmlns:r="\(Self.rim)" xmlns="urn:default" r:kind="a&amp;b" plain='x
                y'>one<r:Slot name="n1"/><![CDATA[<two>]]><!-- no --> &#x33;<Slot><deep/></Slot><r:Slot name="n2"/></r:List>
                """)
        let root = document.root
        #expect(root.name == QualifiedName(Self.rim, "List"))
        #expect(root.localName == "List")
        #expect(root.prefix == "r")
        #expect(root.parent == nil)
        #expect(root.attribute("plain") == "x y")
        #expect(root.attribute("kind") == nil)
        #expect(root.attribute(QualifiedName(Self.rim, "kind")) == "a&b")
        #expect(root.attributes.map(\.name.localName) == ["kind", "plain"])
        #expect(root.text == "one<two> 3")
        #expect(root.textByteCount == 10)
        let slot = QualifiedName(Self.rim, "Slot")
        #expect(root.all(slot).map { $0.attribute("name") } == ["n1", "n2"])
        #expect(root.first(slot)?.attribute("name") == "n1")
        #expect(root.first(QualifiedName("urn:default", "Slot"))?.children.map(\.localName) == ["deep"])
        #expect(root.first(QualifiedName("", "Slot")) == nil)
        #expect(root.children.map(\.name.namespaceURI) == [Self.rim, "urn:default", Self.rim])
        #expect(root.children.allSatisfy { $0.parent == root })
        #expect(document.elementCount == 5)
        #expect(root.first(slot)?.is(slot) == true)
    }

    @Test("lines are counted from 1 and say where a start tag ends")
    func countsLines() throws {
        let document = try XMLDocument(parsing: "<a>\n<b/>\r\n<c\n/></a>")
        #expect(document.root.line == 1)
        #expect(document.root.children.map(\.line) == [2, 4])
    }

    @Test("declarations are in force inside their element only, the inner one wins, and can be undone")
    func resolvesPrefixes() throws {
        let root = try XMLDocument(
            parsing: "<a xmlns:p='urn:1' xmlns='urn:d'><b xmlns:p='urn:2' xmlns=''><c/></b><d/></a>"
        ).root
        let b = try #require(root.first(QualifiedName("", "b")))
        let c = try #require(b.first(QualifiedName("", "c")))
        let d = try #require(root.first(QualifiedName("urn:d", "d")))
        #expect(root.namespaceURI(forPrefix: "p") == "urn:1")
        #expect(c.namespaceURI(forPrefix: "p") == "urn:2")
        #expect(d.namespaceURI(forPrefix: "p") == "urn:1")
        #expect(c.namespaceURI(forPrefix: "") == nil)
        #expect(d.namespaceURI(forPrefix: "") == "urn:d")
        #expect(d.namespaceURI(forPrefix: "q") == nil)
        #expect(d.namespaceURI(forPrefix: "xml") == XMLNamespace.xml)
        #expect(c.qualifiedName(inContent: "p:x") == QualifiedName("urn:2", "x"))
        #expect(d.qualifiedName(inContent: "x") == QualifiedName("urn:d", "x"))
        #expect(d.qualifiedName(inContent: "q:x") == nil)
        #expect(d.qualifiedName(inContent: "p:") == nil)
    }

    @Test("a prefix without declaration is tolerated, and matches nothing")
    func toleratesUndeclaredPrefix() throws {
        let document = try XMLDocument(parsing: "<a><wsse:Security p:x='1' x='2'/></a>")
        let child = try #require(document.root.children.map { $0 }.first)
        #expect(child.name == QualifiedName("", "wsse:Security"))
        #expect(child.attribute("x") == "2")
        #expect(child.attribute("p:x") == "1")
        #expect(document.undeclaredPrefixCount == 2)
        #expect(String(buffer: child.serialized()) == "<wsse:Security p:x=\"1\" x=\"2\"></wsse:Security>")
    }

    @Test("text between children is joined, and given as bytes without a string")
    func joinsText() throws {
        let root = try XMLDocument(parsing: "<a> QUJD<x/>\n REVG <y>no</y></a>").root
        #expect(root.text == " QUJD\n REVG ")
        #expect(root.trimmedText == "QUJD\n REVG")
        #expect(root.withTextBytes { $0.count } == 12)
        #expect(try XMLDocument(parsing: "<a/>").root.withTextBytes { $0.count } == 0)
        #expect(try XMLDocument(parsing: "<a/>").root.trimmedText.isEmpty)
    }

    @Test("the same tape results however the bytes are cut")
    func isIndependentOfChunks() throws {
        var text = "<?xml version='1.0' encoding='UTF-8'?>\r\n<l xmlns:é='urn:x'>"
        for number in 0..<400 {
            text +=
                "<é:s n=\"\(number)&lt;é€😀\">välue \(number) € 😀\r\n<![CDATA[raw ]] > ]]]><!-- c é --><?pi é?></é:s>"
        }
        text += "</l>"
        let whole = try XMLDocument(parsing: ByteBuffer(string: text))
        let expected = String(buffer: whole.root.serialized())
        #expect(expected.contains("välue 399 € 😀\nraw ]] &gt; ]"))
        let bytes = ByteBuffer(string: text)
        for size in [1, 7, 8191, 8192, 8193, 8195, 9001, 10_007] {
            var parser = try XMLDocumentParser()
            var rest = bytes
            while let chunk = rest.readSlice(length: min(size, rest.readableBytes)), chunk.readableBytes > 0 {
                try parser.parse(chunk)
            }
            let document = try parser.finish()
            #expect(String(buffer: document.root.serialized()) == expected, "chunks of \(size)")
        }
    }

    @Test("a copy carries the inner declaration of each prefix, also of very many", arguments: [1, 15, 16, 17, 100])
    func manyDeclarations(count: Int) throws {
        let outer = (0..<count).map { " xmlns:p\($0)='urn:outer'" }.joined()
        let inner = stride(from: 0, to: count, by: 2).map { " xmlns:p\($0)='urn:inner'" }.joined()
        let document = try XMLDocument(parsing: ByteBuffer(string: "<a\(outer)><b\(inner)><c/></b></a>"))
        let c = try #require(document.root.children.first { _ in true }?.children.first { _ in true })
        let copy = try XMLDocument(parsing: c.serialized()).root
        for number in 0..<count {
            #expect(copy.namespaceURI(forPrefix: "p\(number)") == (number % 2 == 0 ? "urn:inner" : "urn:outer"))
        }
        #expect(c.serializedBytes().count(where: { $0 == UInt8(ascii: "=") }) == count)
    }

    @Test("a subtree is written again with every declaration it needs")
    func serializesSubtree() throws {
        let root = try XMLDocument(
            parsing:
                "<a xmlns='urn:d' xmlns:p='urn:1' xmlns:q='urn:q'><b p:x='&quot;&#10;'>t<p:c xmlns='' xmlns:p='urn:2'>&#13;<e/></p:c>u</b></a>"
        ).root
        let b = try #require(root.first(QualifiedName("urn:d", "b")))
        let copy = String(buffer: b.serialized())
        #expect(
            copy == "<b xmlns=\"urn:d\" xmlns:p=\"urn:1\" xmlns:q=\"urn:q\" p:x=\"&quot;&#10;\">t"
                + "<p:c xmlns=\"\" xmlns:p=\"urn:2\">&#13;<e></e></p:c>u</b>")
        let again = try XMLDocument(parsing: copy).root
        #expect(String(buffer: again.serialized()) == copy)
    }
}
