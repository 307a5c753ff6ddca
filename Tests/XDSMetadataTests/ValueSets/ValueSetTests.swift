import FoundationEssentials
import Testing

@testable import XDSMetadata

@Suite("FHIR ValueSet files")
struct ValueSetTests {
    private func read(_ content: String) throws -> ValueSet {
        try ValueSet(fhir: Data("{\"resourceType\":\"ValueSet\",\"title\":\"Klassen\",\(content)}".utf8))
    }

    @Test("compose: the concepts of several systems, each under its own OID; display names do not count")
    func readsCompose() throws {
        let set = try read(
            """
            "compose":{"include":[
              {"system":"urn:oid:2.999.1","concept":[{"code":"A","display":"een"},{"code":"B"}]},
              {"system":"urn:oid:2.999.2","concept":[{"code":"A"}]}]}
            """)
        #expect(set.name == "Klassen" && set.count == 2)
        #expect(set.contains("A", codingScheme: "2.999.1") && set.contains("A", codingScheme: "2.999.2"))
        #expect(set.contains("B", codingScheme: "2.999.1") && !set.contains("B", codingScheme: "2.999.2"))
        #expect(!set.contains("a", codingScheme: "2.999.1"), "codes are compared exactly")
        #expect(!set.contains("A", codingScheme: "urn:oid:2.999.1"))
        #expect(set.contains("A") && !set.contains("C"))
    }

    @Test("compose.exclude takes concepts out")
    func readsExclude() throws {
        let set = try read(
            """
            "compose":{"include":[{"system":"urn:oid:2.999.1","concept":[{"code":"A"},{"code":"B"}]}],
              "exclude":[{"system":"urn:oid:2.999.1","concept":[{"code":"B"}]}]}
            """)
        #expect(set.contains("A", codingScheme: "2.999.1") && !set.contains("B", codingScheme: "2.999.1"))
    }

    @Test("expansion.contains goes before compose; nested codes count, abstract ones do not")
    func readsExpansion() throws {
        let set = try read(
            """
            "compose":{"include":[{"system":"urn:oid:2.999.1","filter":[{"property":"p","op":"=","value":"v"}]}]},
            "expansion":{"contains":[{"system":"urn:oid:2.999.1","code":"group","abstract":true,"contains":[
              {"system":"urn:oid:2.999.1","code":"A"}]},{"contains":[{"system":"urn:oid:2.999.2","code":"B"}]}]}
            """)
        #expect(set.contains("A", codingScheme: "2.999.1") && set.contains("B", codingScheme: "2.999.2"))
        #expect(!set.contains("group"))
    }

    @Test(
        "a system that is a URL goes by the URL and by its OID",
        arguments: [
            // Widely used.
            ("\"compose\":", "http://snomed.info/sct", "2.16.840.1.113883.6.96"),
            ("\"compose\":", "http://loinc.org", "2.16.840.1.113883.6.1"),
            // Of the set, if it has no other system.
            (
                "\"identifier\":[{\"system\":\"urn:ietf:rfc:3986\",\"value\":\"urn:oid:2.999.5\"}],\"compose\":",
                "https://example.org/codes", "2.999.5"
            ),
            // Of a contained CodeSystem.
            (
                """
                "contained":[{"resourceType":"Basic","identifier":{}},{"resourceType":"CodeSystem","url":"https://example.org/codes",
                "identifier":[{"value":"x"},{"value":"urn:oid:2.999.6"}]}],"compose":
                """, "https://example.org/codes", "2.999.6"
            ),
        ])
    func resolvesURLs(_ before: String, _ url: String, _ oid: String) throws {
        let set = try read("\(before){\"include\":[{\"system\":\"\(url)\",\"concept\":[{\"code\":\"A\"}]}]}")
        #expect(set.contains("A", codingScheme: oid) && set.contains("A", codingScheme: url))
        #expect(!set.contains("A", codingScheme: "2.999.7"))
    }

    @Test("a broken file is refused with the place of what is wrong", arguments: broken)
    func refuses(_ json: String, _ reason: String) {
        let error = #expect(throws: ValueSetError.self) { try ValueSet(fhir: Data(json.utf8)) }
        #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "")")
    }

    @Test(
        "the first fault of a text that is no JSON",
        arguments: [
            ("{}", nil), (" [1, -2.5e3, true, null, \"a\\\"b\", {\"a\": []}]\n", nil), ("", "line 1, column 1"),
            ("[1,\n 2,,3]", "line 2, column 4"), ("{\"a\" 1}", "line 1, column 6"), ("{a:1}", "line 1, column 2"),
            ("[1] x", "line 1, column 5"), ("[\"a\nb\"]", "line 1, column 4"), ("[1", "line 1, column 3"),
            ("[nul]", "line 1, column 2"),
        ])
    func findsFault(_ text: String, _ place: String?) {
        #expect(JSONFault(in: text.utf8)?.description == place)
    }

    private static func composed(_ include: String) -> String {
        "{\"resourceType\":\"ValueSet\",\"compose\":{\"include\":[\(include)]}}"
    }

    static let broken: [(String, String)] = [
        ("", "it is not valid JSON: line 1, column 1"),
        ("{\"resourceType\":\"ValueSet\",\n\"compose\": }", "line 2, column 12"),
        ("[]", "the resource is not of the right form"),
        ("{}", "resourceType is missing"),
        ("{\"resourceType\":\"CodeSystem\"}", "resourceType is CodeSystem, not ValueSet"),
        ("{\"resourceType\":\"ValueSet\"}", "compose is missing"),
        ("{\"resourceType\":\"ValueSet\",\"compose\":{}}", "compose.include is missing"),
        ("{\"resourceType\":\"ValueSet\",\"compose\":{\"include\":{}}}", "compose.include is not of the right form"),
        (composed(""), "it lists no code"),
        (composed("{\"system\":\"urn:oid:2.999.1\"}"), "compose.include[0] lists no concepts"),
        (
            composed(
                "{\"system\":\"urn:oid:2.999.1\",\"concept\":[{\"code\":\"A\"}]},{\"concept\":[{\"code\":\"B\"}]}"),
            "compose.include[1].system is missing"
        ),
        (composed("{\"valueSet\":[\"https://example.org/other\"]}"), "compose.include[0] lists no concepts"),
        (
            composed("{\"system\":\"urn:oid:2.999.1\",\"concept\":[{\"code\":\"A\"},{\"display\":\"B\"}]}"),
            "compose.include[0].concept[1].code is missing"
        ),
        (
            composed("{\"system\":\"urn:oid:2.999.1\",\"concept\":[{\"code\":7}]}"),
            "compose.include[0].concept[0].code is not a text"
        ),
        (
            "{\"resourceType\":\"ValueSet\",\"expansion\":{\"contains\":[{\"code\":\"A\"}]}}",
            "expansion.contains[0].system is missing"
        ),
    ]
}
