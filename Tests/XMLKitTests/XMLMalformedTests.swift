import NIOCore
import Testing
import XMLKit

/// Everything here must be refused, with a code that says why and words that quote nothing.
@Suite struct XMLMalformedTests {
    private func failure(
        _ text: String, limits: XMLParserLimits = .standard, encoding: String? = nil
    ) -> XMLError? {
        failure(ByteBuffer(string: text), limits: limits, encoding: encoding)
    }

    private func failure(
        _ bytes: ByteBuffer, limits: XMLParserLimits = .standard, encoding: String? = nil
    ) -> XMLError? {
        do {
            _ = try XMLDocument(parsing: bytes, limits: limits, encoding: encoding)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "XML 1.0: a document that breaks the grammar is refused with its line",
        arguments: [
            ("<a>\n<b>secret</a>", 2), ("<a>\n<b>", 2), ("<a", 1), ("<a>\n\n&", 3), ("<a x='1' x='2'/>", 1),
            ("<a/><b/>", 1),
            ("<a>\u{1}</a>", 1), ("<a>&#1;</a>", 1), ("text", 1), ("<a>]]></a>", 1), ("<a x=1/>", 1),
            ("<a/>trailing", 1),
            ("\n<?xml version='1.0'?><a/>", 2), ("<a xmlns:p=''/>", 1), ("<a xmlns:xml='urn:x'/>", 1),
            ("<a xmlns:p='u' xmlns:q='u' p:x='' q:x=''/>", 1), ("<a><![CDATA[never closed</a>", 1),
            ("<a><!-- never closed </a>", 1), ("<a x='<'/>", 1), ("<!-- only a comment -->", 1),
        ])
    func refusesSyntaxErrors(text: String, line: Int) throws {
        let error = try #require(failure(text))
        #expect(error.code == .notWellFormed || error.code == .empty)
        #expect(error.line == line)
        #expect(!error.description.contains("secret"))
    }

    @Test("nothing at all is no document", arguments: ["", "   ", "\r\n"])
    func refusesEmptyInput(text: String) throws {
        let error = try #require(failure(text))
        #expect([.empty, .notWellFormed].contains(error.code))
    }

    @Test(
        "a document type declaration is refused at its first sign",
        arguments: [
            "<!DOCTYPE a><a/>",
            "<!DOCTYPE a SYSTEM 'http://127.0.0.1:9/x.dtd'><a/>",
            "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
            "<!DOCTYPE a [<!ENTITY % p SYSTEM 'http://127.0.0.1:9/'> %p;]><a/>",
            "<?xml version='1.0'?><!DOCTYPE lolz [<!ENTITY lol 'lol'><!ENTITY l1 '&lol;&lol;&lol;&lol;&lol;'>"
                + "<!ENTITY l2 '&l1;&l1;&l1;&l1;&l1;'>]><a>&l2;</a>",
            "<!DOCTYPE a [ never closed",
        ])
    func refusesDTD(text: String) throws {
        let error = try #require(failure(text))
        #expect(error.code == .documentTypeDeclaration)
        #expect(error.line == 1)
    }

    @Test(
        "entities other than the five predefined ones never resolve",
        arguments: ["<a>&x;</a>", "<a b='&x;'/>", "<a>&nbsp;</a>"])
    func refusesEntities(text: String) {
        #expect(failure(text)?.code == .entityReference)
        #expect(failure("<a b='&lt;&apos;'>&amp;&gt;&quot;&#65;</a>") == nil)
    }

    @Test("10,000 levels are refused; the last level allowed is accepted")
    func refusesDepth() {
        let deep = String(repeating: "<a>", count: 10_000) + String(repeating: "</a>", count: 10_000)
        #expect(failure(deep)?.code == .limitExceeded(.depth))
        func nested(_ levels: Int) -> String {
            String(repeating: "<a>", count: levels) + String(repeating: "</a>", count: levels)
        }
        #expect(failure(nested(5), limits: XMLParserLimits(depth: 5)) == nil)
        #expect(failure(nested(6), limits: XMLParserLimits(depth: 5))?.code == .limitExceeded(.depth))
    }

    @Test("an attribute of 1 MB is refused")
    func refusesLongAttribute() {
        let value = String(repeating: "v", count: 1 << 20)
        guard case .limitExceeded(let limit) = failure("<a b='\(value)'/>")?.code else {
            Issue.record("accepted")
            return
        }
        #expect([.attributeBytes, .markupBytes].contains(limit))
        let limits = XMLParserLimits(attributeBytes: 10)
        #expect(failure("<a b='0123456789'/>", limits: limits) == nil)
        #expect(failure("<a b='0123456789x'/>", limits: limits)?.code == .limitExceeded(.attributeBytes))
    }

    @Test("every other limit is exact")
    func enforcesLimits() {
        #expect(failure("<a><b/><b/></a>", limits: XMLParserLimits(elements: 3)) == nil)
        #expect(failure("<a><b/><b/><b/></a>", limits: XMLParserLimits(elements: 3))?.code == .limitExceeded(.elements))
        #expect(failure("<a b='' c=''/>", limits: XMLParserLimits(attributesPerElement: 2)) == nil)
        #expect(
            failure("<a b='' c='' xmlns='u'/>", limits: XMLParserLimits(attributesPerElement: 2))?.code
                == .limitExceeded(.attributesPerElement))
        #expect(failure("<a>12<b/>345</a>", limits: XMLParserLimits(textBytes: 5)) == nil)
        #expect(failure("<a>12<b/>3456</a>", limits: XMLParserLimits(textBytes: 5))?.code == .limitExceeded(.textBytes))
        #expect(failure("<a>12345</a>", limits: XMLParserLimits(totalBytes: 12)) == nil)
        #expect(failure("<a>123456</a>", limits: XMLParserLimits(totalBytes: 12))?.code == .limitExceeded(.totalBytes))
        let names = (0..<30).map { "<n\($0)/>" }.joined()
        #expect(failure("<a>\(names)</a>", limits: XMLParserLimits(distinctNames: 31)) == nil)
        #expect(
            failure("<a>\(names)</a>", limits: XMLParserLimits(distinctNames: 30))?.code
                == .limitExceeded(.distinctNames))
    }

    @Test(
        "markup that never ends is refused before it is all in memory",
        arguments: ["<a b='", "<a", "<a><!--", "<a><?pi ", "<a></a", "<a b='1' ", "<", "<a>&"])
    func refusesEndlessMarkup(start: String) throws {
        let clock = ContinuousClock()
        let begin = clock.now
        var parser = try XMLDocumentParser(limits: XMLParserLimits(totalBytes: 64 << 20))
        let chunk = ByteBuffer(repeating: UInt8(ascii: "x"), count: 1000)
        var fed = 0
        var code: XMLError.Code?
        do {
            try parser.parse(ByteBuffer(string: start))
            while fed < 32 << 20 {
                try parser.parse(chunk)
                fed += chunk.readableBytes
            }
            _ = try parser.finish()
        } catch {
            code = error.code
        }
        #expect(code != nil)
        #expect(fed < 1 << 20, "\(fed) bytes were taken")
        #expect(clock.now - begin < .seconds(5))
    }

    @Test("bytes that are illegal in the encoding are refused with their line")
    func refusesIllegalBytes() throws {
        var utf8 = ByteBuffer(string: "<a>\n\n")
        utf8.writeBytes([0xC3, 0x28])
        utf8.writeString("</a>")
        let error = try #require(failure(utf8))
        #expect(error.code == .notWellFormed)
        #expect(error.line == 3)
        var latin = ByteBuffer(string: "<?xml version='1.0' encoding='UTF-8'?><a>caf")
        latin.writeBytes([0xE9])
        latin.writeString("</a>")
        #expect(failure(latin)?.code == .notWellFormed)
        #expect(failure(latin, encoding: "utf-8")?.code == .notWellFormed)
        #expect(failure(latin, encoding: "us-ascii")?.code == .notWellFormed)
        #expect(failure("<?xml version='1.0' encoding='UTF-16'?><a/>")?.code == .notWellFormed)
    }

    @Test("encodings we do not know are refused", arguments: ["utf-7", "ebcdic-cp-us", "x-nonsense", "iso-2022-jp"])
    func refusesUnknownEncodings(label: String) {
        #expect(failure("<a/>", encoding: label)?.code == .unsupportedEncoding)
        #expect(failure("<?xml version='1.0' encoding='\(label)'?><a/>")?.code == .unsupportedEncoding)
    }
}
