import NIOCore
import Testing
import XMLKit

@Suite struct XMLWriterTests {
    @Test("tags, attributes and text are written as asked, nil attributes and nil texts left out")
    func writes() {
        var writer = XMLWriter()
        writer.declaration()
        writer.open("a", ("x", "1"), ("y", nil))
        writer.empty("b", ("z", "<\"&>"))
        writer.element("c", text: "t&<>")
        writer.element("d", text: nil)
        writer.element("e", ("k", "v")) { $0.text("inner") }
        writer.raw("<raw/>")
        writer.raw(ByteBuffer(string: "<more/>"))
        writer.close("a")
        #expect(
            String(buffer: writer.buffer)
                == "<?xml version=\"1.0\" encoding=\"UTF-8\"?><a x=\"1\"><b z=\"&lt;&quot;&amp;&gt;\"/><c>t&amp;&lt;&gt;</c>"
                + "<e k=\"v\">inner</e><raw/><more/></a>")
    }

    @Test(
        "XML 1.0, 2.2: what XML cannot carry becomes U+FFFD, and everything else returns as it was",
        arguments: [
            "plain", "tab\tlf\ncr\r end", "\"'&<>]]>", "é€😀", "\u{0}\u{1}\u{8}", "\u{FFFE}\u{FFFF}\u{FFFD}",
            "ﬀ\u{FFEF}", "", String(String.UnicodeScalarView((0..<0x180).compactMap { UnicodeScalar($0) })),
        ])
    func roundTrips(value: String) throws {
        var writer = XMLWriter()
        writer.element("a", ("v", value), text: value)
        let expected = String(
            String.UnicodeScalarView(
                value.unicodeScalars.map { scalar in
                    switch scalar.value {
                    case 9, 10, 13, 0x20..<0xFFFE, 0x10000...: scalar
                    default: "\u{FFFD}"
                    }
                }))
        let root = try XMLDocument(parsing: writer.buffer).root
        #expect(root.text == expected)
        #expect(root.attribute("v") == expected)
    }
}
