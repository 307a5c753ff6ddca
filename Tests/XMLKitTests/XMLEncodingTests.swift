import NIOCore
import Testing
import XMLKit

@Suite struct XMLEncodingTests {
    private func utf16(_ text: String, bigEndian: Endianness, mark: UInt16?) -> ByteBuffer {
        var buffer = ByteBuffer()
        if let mark { buffer.writeInteger(mark, endianness: bigEndian) }
        for unit in text.utf16 { buffer.writeInteger(unit, endianness: bigEndian) }
        return buffer
    }

    @Test("RFC 7303, 3: the charset of the transport goes before the declaration")
    func prefersTransport() throws {
        var latin = ByteBuffer(string: "<?xml version='1.0' encoding='UTF-8'?><a b='")
        latin.writeBytes([0xE9])
        latin.writeString("'>")
        latin.writeBytes([0xE9, 0x80])
        latin.writeString("</a>")
        let windows = try XMLDocument(parsing: latin, encoding: "Windows-1252").root
        #expect(windows.text == "é€")
        #expect(windows.attribute("b") == "é")
        #expect(try XMLDocument(parsing: latin, encoding: "ISO-8859-1").root.text == "é\u{80}")
        let wrong = ByteBuffer(string: "<?xml version='1.0' encoding='ISO-8859-1'?><a>é</a>")
        #expect(try XMLDocument(parsing: wrong, encoding: "UTF-8").root.text == "é")
        #expect(try XMLDocument(parsing: wrong).root.text == "Ã©")
        #expect(try XMLDocument(parsing: ByteBuffer(string: "<a>x</a>"), encoding: "us-ascii").root.text == "x")
    }

    @Test("without transport charset the declaration or the byte order mark tells")
    func detects() throws {
        var latin = ByteBuffer(string: "<?xml version='1.0' encoding='iso-8859-1'?><a>")
        latin.writeBytes([0xE9])
        latin.writeString("</a>")
        #expect(try XMLDocument(parsing: latin).root.text == "é")
        #expect(try XMLDocument(parsing: ByteBuffer(string: "\u{FEFF}<a>é</a>")).root.text == "é")
        #expect(try XMLDocument(parsing: ByteBuffer(string: "\u{FEFF}<a>é</a>"), encoding: "utf-8").root.text == "é")
        let declared = "<?xml version='1.0' encoding='UTF-16'?><a>é€😀</a>"
        for order in [Endianness.big, .little] {
            #expect(try XMLDocument(parsing: utf16(declared, bigEndian: order, mark: 0xFEFF)).root.text == "é€😀")
            #expect(
                try XMLDocument(parsing: utf16(declared, bigEndian: order, mark: 0xFEFF), encoding: "utf-16").root.text
                    == "é€😀")
            #expect(try XMLDocument(parsing: utf16("<a>é€😀</a>", bigEndian: order, mark: 0xFEFF)).root.text == "é€😀")
        }
    }

    @Test("long documents in a converted encoding, in pieces of every kind")
    func convertsLongDocuments() throws {
        let body = String(repeating: "<s>é€😀 text</s>\n", count: 5_000)
        let expected = try XMLDocument(parsing: "<a>\(body)</a>").root.serialized()
        var rest = utf16("<?xml version='1.0' encoding='UTF-16'?><a>\(body)</a>", bigEndian: .little, mark: 0xFEFF)
        var parser = try XMLDocumentParser()
        while let chunk = rest.readSlice(length: min(8_195, rest.readableBytes)), chunk.readableBytes > 0 {
            try parser.parse(chunk)
        }
        let document = try parser.finish()
        #expect(document.root.serialized() == expected)
    }
}
