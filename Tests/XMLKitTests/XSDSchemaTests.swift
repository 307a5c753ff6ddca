import NIOCore
import Testing
import XMLKit

@Suite struct XSDSchemaTests {
    private static let types = """
        <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:types" elementFormDefault="qualified">
          <xs:simpleType name="Size"><xs:restriction base="xs:integer"><xs:minInclusive value="0"/></xs:restriction></xs:simpleType>
        </xs:schema>
        """
    private static let main = """
        <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:types" targetNamespace="urn:main"
            elementFormDefault="qualified">
          <xs:import namespace="urn:types" schemaLocation="sub/types.xsd"/>
          <xs:element name="file"><xs:complexType><xs:sequence>
            <xs:element name="size" type="t:Size" maxOccurs="2"/>
          </xs:sequence></xs:complexType></xs:element>
        </xs:schema>
        """

    private func schema() throws -> XSDSchema {
        try XSDSchema(
            embedded: ["main.xsd": Array(Self.main.utf8), "sub/types.xsd": Array(Self.types.utf8)], mains: ["main.xsd"])
    }

    @Test("a valid document has no violations, an invalid one has one for each place")
    func validates() throws {
        let schema = try schema()
        let valid = ByteBuffer(string: "<file xmlns='urn:main'><size>1</size></file>")
        #expect(try schema.validate(valid) == [])
        let invalid = ByteBuffer(string: "<file xmlns='urn:main'>\n<size>-1</size>\n<size>x</size>\n<other/></file>")
        let violations = try schema.validate(invalid)
        #expect(Set(violations.map(\.line)) == [2, 3, 4])
        #expect(violations.first?.description == "line 2: the schema is violated")
    }

    @Test("a document cannot bring its own schema")
    func ignoresLocationHints() throws {
        let text =
            "<file xmlns='urn:main' xmlns:xsi='\(XMLNamespace.xsi)' xsi:schemaLocation='urn:other file:///etc/passwd'>"
            + "<size>1</size></file>"
        #expect(try schema().validate(ByteBuffer(string: text)) == [])
    }

    @Test("a document type declaration is refused before validation")
    func refusesDTD() throws {
        let text = "<!DOCTYPE file [<!ENTITY a 'b'>]><file xmlns='urn:main'><size>1</size></file>"
        let schema = try schema()
        #expect(throws: XMLError.self) { try schema.validate(ByteBuffer(string: text)) }
    }

    @Test("what is no schema is refused with a reason")
    func refusesBadSchemas() {
        #expect(throws: XMLError.self) { try XSDSchema(embedded: ["a.xsd": Array("<a/>".utf8)]) }
        #expect(throws: XMLError.self) { try XSDSchema(path: "/nowhere/at/all.xsd") }
        #expect(throws: XMLError.self) { try XSDSchema(directory: "/nowhere/at/all") }
    }

    @Test("one schema serves many tasks at once")
    func isShared() async throws {
        let schema = try schema()
        try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<64 {
                group.addTask {
                    let value = number % 2 == 0 ? "1" : "bad"
                    let text = "<file xmlns='urn:main'><size>\(value)</size></file>"
                    return try schema.validate(ByteBuffer(string: text)).count - (number % 2 == 0 ? 0 : 1)
                }
            }
            for try await difference in group { #expect(difference == 0) }
        }
    }
}
