import Testing

@testable import SOAPKit

@Suite struct MediaTypeTests {
    @Test("RFC 2045, 5.1: types and parameters of real senders are understood")
    func parses() throws {
        let type = try #require(
            MediaType(
                "Multipart/Related; boundary=\"uuid:2a1a-0234\"; TYPE=application/xop+xml;start=<root.message@cxf.apache.org>;"
                    + " start-info=\"application/soap+xml; action=\\\"urn:x\\\"\" ; action=\"\" ;"))
        #expect(type.essence == "multipart/related")
        #expect(type[parameter: "boundary"] == "uuid:2a1a-0234")
        #expect(type[parameter: "type"] == "application/xop+xml")
        #expect(type[parameter: "start"] == "<root.message@cxf.apache.org>")
        #expect(type[parameter: "start-info"] == "application/soap+xml; action=\"urn:x\"")
        #expect(type[parameter: "action"] == "")
        #expect(type[parameter: "charset"] == nil)
        #expect(MediaType(" text/xml ")?.essence == "text/xml")
        #expect(MediaType("a/b;x=1;X=2")?[parameter: "x"] == "1")
    }

    @Test(
        "malformed values are refused",
        arguments: [
            "", "text", "/xml", "text/", "text/x ml", "a/b; =1", "a/b; x", "a/b; x=\"1", "a/b; x=", "a/b; x=\"1\"y",
        ])
    func refusesMalformed(value: String) {
        #expect(MediaType(value) == nil)
    }

    @Test("what is written is read again")
    func roundTrips() {
        let type = MediaType(
            "multipart", "related",
            [.init("boundary", "a b\"\\?"), .init("type", "application/xop+xml"), .init("plain", "x")])
        #expect(
            type.description == "multipart/related; boundary=\"a b\\\"\\\\?\"; type=\"application/xop+xml\"; plain=x")
        #expect(MediaType(type.description) == type)
    }

    @Test("RFC 2392: content ids lose their brackets, cid URLs their scheme and encoding")
    func readsContentIDs() {
        #expect(ContentID.bare(" <a@b> ") == "a@b")
        #expect(ContentID.bare("a@b") == "a@b")
        #expect(ContentID.reference(in: "CID:a%40b") == "a%40b")
        #expect(ContentID.reference(in: "http://x") == nil)
        #expect(ContentID.reference(in: "cid:") == nil)
        #expect(ContentID.percentDecoded("a%40b%3a%C3%A9%zz%4") == "a@b:é%zz%4")
        #expect(ContentID.percentEncoded("a@b:é/") == "a@b%3A%C3%A9%2F")
    }
}
