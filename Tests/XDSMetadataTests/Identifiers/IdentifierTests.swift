import FoundationEssentials
import Testing

@testable import XDSMetadata

/// Whether a parser accepts a text.
private func isAccepted<Value>(_ text: String, _ parse: (String) throws -> Value) -> Bool {
    (try? parse(text)) != nil
}

@Suite("TF-3 4.2.3.1.7: data types")
struct IdentifierTests {
    @Test(
        "OID: valid",
        arguments: ["1.2", "2.999.1", "129.5.0", "1.2.0.3", "2.25.306443472873218838784535217290635593269"])
    func acceptsOID(_ text: String) { #expect(isAccepted(text, { try OID(parsing: $0) })) }

    @Test(
        "OID: invalid",
        arguments: [
            "", "1", ".1.2", "1.2.", "1..2", "1.02", "1.2a", "urn:oid:1.2", "1.2 ",
            "1." + String(repeating: "1", count: 63),
        ]
    )
    func refusesOID(_ text: String) { #expect(!isAccepted(text, { try OID(parsing: $0) })) }

    @Test("UUID URN: digits of either case; what is not one is a symbol")
    func readsUUID() {
        for _ in 0..<200 {
            let uuid = UUID()
            let text = "urn:uuid:\(uuid.uuidString)"
            #expect(EntryUUID(text).uuid == uuid)
            #expect(EntryUUID(text.lowercased()).uuid == uuid)
        }
        let right = Array("urn:uuid:0a1b2c3d-4e5f-6789-abcd-ef0123456789")
        #expect(EntryUUID(String(right)).uuid != nil)
        for place in right.indices {
            for wrong in ["g", " ", "-", "0", "é", "\u{301}", ":"] as [Character] where right[place] != wrong {
                var text = right
                text[place] = wrong
                // Foundation takes white space for digits.
                let isDigit = wrong == "0" && place >= 9 && right[place] != "-"
                #expect((EntryUUID(String(text)).uuid != nil) == isDigit, "\(String(text))")
            }
            #expect(EntryUUID(String(right[..<place])).uuid == nil)
        }
        #expect(EntryUUID(String(right) + "0").uuid == nil)
    }

    @Test(
        "split keeps empty parts, and takes a separator for one whatever stands behind it",
        arguments: [
            ("", [""]), ("a", ["a"]), ("^", ["", ""]), ("a^b^^c^", ["a", "b", "", "c", ""]),
            ("é^ü", ["é", "ü"]), ("a^\u{301}b", ["a", "\u{301}b"]), ("👩‍👩‍👧^x", ["👩‍👩‍👧", "x"]),
        ])
    func splits(text: String, parts: [String]) {
        func bytes(_ parts: [Substring]) -> [[UInt8]] { parts.map { Array($0.utf8) } }
        let expected = parts.map { Array($0.utf8) }
        #expect(bytes(TextFormat.split(text, at: "^")) == expected)
        // A part of a longer text, as components are split again.
        let longer = "x\(text)y".dropFirst().dropLast()
        if longer.utf8.count == text.utf8.count { #expect(bytes(TextFormat.split(longer, at: "^")) == expected) }
    }

    @Test("CX: valid", arguments: ["900070001^^^&2.999.1&ISO", "a-b/c^^^&1.2&ISO", "x\\T\\y^^^&1.2&ISO"])
    func acceptsPatientID(_ text: String) throws {
        let id = try PatientID(parsing: text)
        #expect(id.cx == text)
    }

    @Test(
        "CX: invalid",
        arguments: [
            "", "1", "1^^^", "^^^&1.2&ISO", "1^^^&1.2", "1^^^&1.2&", "1^^^&1.2&iso", "1^^^NS&1.2&ISO", "1^2^^&1.2&ISO",
            "1^^3^&1.2&ISO", "1^^^&1.2&ISO^PI", "1^^^&1.2&ISO^", "1^^^&abc&ISO", "1^^^&&ISO", "1^^^&1.2&ISO&x",
            "1^^^1.2",
        ]
    )
    func refusesPatientID(_ text: String) { #expect(!isAccepted(text, { try PatientID(parsing: $0) })) }

    @Test("A patient id never prints itself")
    func patientIDHidesItself() throws {
        let id = try PatientID(parsing: "900070001^^^&2.999.1&ISO")
        var dumped = ""
        dump(id, to: &dumped)
        for text in ["\(id)", String(reflecting: id), "\([id])", String(describing: Optional(id)), dumped] {
            #expect(!text.contains("900070001"))
        }
        #expect(id.id == "900070001")
        #expect(id.assigningAuthority.text == "2.999.1")
    }

    @Test(
        "XCN: valid",
        arguments: ["^Max^Mustermann^^^Dr.Med", "123^^^^^^^^&1.2&ISO", "123", "1^van&der^A^^^^^^^^^", "1^F"])
    func acceptsXCN(_ text: String) { #expect(isAccepted(text, { try XCN(parsing: $0) })) }

    @Test(
        "XCN: invalid", arguments: ["", "^", "^^Anna", "^F^^^^^^^&1.2&ISO", "1^F^^^^^^^NS&1.2&ISO", "1^F^^^^^^^&x&ISO"])
    func refusesXCN(_ text: String) { #expect(!isAccepted(text, { try XCN(parsing: $0) })) }

    @Test("XON: valid", arguments: ["Ziekenhuis", "Z^^^^^^^^^1.2.3", "Z^^^^^&1.2&ISO^^^^45", "Z^^^^^^^^^"])
    func acceptsXON(_ text: String) { #expect(isAccepted(text, { try XON(parsing: $0) })) }

    @Test(
        "XON: invalid",
        arguments: [
            "", "^^^^^^^^^1.2", "Z^x", "Z^^^^^^^^^45", "Z^^^^^&1.2&ISO", "Z^^^^^&1.2&X^^^^45", "Z^^^^^NS&1.2&ISO^^^^45",
        ])
    func refusesXON(_ text: String) { #expect(!isAccepted(text, { try XON(parsing: $0) })) }

    @Test(
        "XTN: valid",
        arguments: ["^^Internet^a@b.nl", "^NET^Internet^a@b", "^^PH^^31^20^1234567", "^PRN^CP^^^^^^^^^+31612345678"])
    func acceptsXTN(_ text: String) { #expect(isAccepted(text, { try XTN(parsing: $0) })) }

    @Test("XTN: invalid", arguments: ["", "a@b.nl", "^^Internet", "^^PH^^31^20", "^^FX^^31^20^1", "0201234567"])
    func refusesXTN(_ text: String) { #expect(!isAccepted(text, { try XTN(parsing: $0) })) }

    @Test(
        "CXi: valid",
        arguments: [
            "1^^^&1.2&ISO^urn:ihe:iti:xds:2013:order", "1^^^NS^x", "1^^^^urn:x", "1^^^NS&1.2&ISO^x^&1.3&ISO",
            "1.2.3^^^^urn:ihe:iti:xds:2013:uniqueId", "A1^^^NS^urn:ihe:iti:xds:2013:accession",
            "A1^^^^urn:ihe:iti:xds:2013:order", "1.2.3^^^^urn:ihe:iti:xds:2016:studyInstanceUID",
            "urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1^^^^urn:ihe:iti:xdw:2013:workflowInstanceId",
        ]
    )
    func acceptsReferenceID(_ text: String) { #expect(isAccepted(text, { try ReferenceID(parsing: $0) })) }

    @Test(
        "Coded String: valid",
        arguments: ["arts", "", "01.015^^^&2.16.840.1.113883.2.4.15.111&ISO", "a\\S\\b", "arts^", "a^b", "a^^^x"])
    func acceptsCodedString(_ text: String) { #expect(isAccepted(text, { try CodedString(parsing: $0) })) }

    @Test(
        "Coded String: invalid",
        arguments: ["^^^&1.2&ISO", "a^b^^&1.2&ISO", "a^^^&x&ISO", "a^^^NS&1.2&ISO", "a^^^&1.2&DNS", "a^^^&1.2&ISO^x"])
    func refusesCodedString(_ text: String) { #expect(!isAccepted(text, { try CodedString(parsing: $0) })) }

    @Test("CXi: invalid", arguments: ["", "1", "1^^^&1.2&ISO", "^^^&1.2&ISO^x", "1^2^^^x", "1^^3^^x", "1^^^^x^^7"])
    func refusesReferenceID(_ text: String) { #expect(!isAccepted(text, { try ReferenceID(parsing: $0) })) }

    @Test("intendedRecipient: valid", arguments: ["Z", "Z|1^F", "|1^F", "||^^Internet^a@b", "Z|1^F|^^Internet^a@b"])
    func acceptsRecipient(_ text: String) { #expect(isAccepted(text, { try IntendedRecipient(parsing: $0) })) }

    @Test("intendedRecipient: invalid", arguments: ["", "||", "|^|", "Z|1^F|^^Internet^a|x"])
    func refusesRecipient(_ text: String) { #expect(!isAccepted(text, { try IntendedRecipient(parsing: $0) })) }

    @Test(
        "sourcePatientInfo",
        arguments: [
            ("PID-5|Jansen^A", true), ("PID-40|x", false), ("PID-39|x", true), ("PID-0|x", false),
            ("PID-x|y", false), ("5|y", false), ("PID-2|x", false), ("PID-4|x", false), ("PID-12|x", false),
            ("PID-19|x", false), ("PID-7|1950~1951", false), ("PID-8|F", true), ("PID-11|a~b", true),
        ])
    func readsSourcePatientInfo(_ text: String, _ valid: Bool) {
        #expect(isAccepted(text, { try SourcePatientInfo(parsing: $0) }) == valid)
    }

    @Test(
        "homeCommunityId",
        arguments: [("urn:oid:1.2.3", true), ("1.2.3", false), ("urn:oid:", false), ("URN:OID:1.2", false)])
    func readsHome(_ text: String, _ valid: Bool) {
        #expect(isAccepted(text, { try HomeCommunityID(parsing: $0) }) == valid)
    }

    @Test(
        "languageCode",
        arguments: [("nl-NL", true), ("en", true), ("x-private", true), ("n", false), ("nl_NL", false), ("", false)])
    func readsLanguage(_ text: String, _ valid: Bool) {
        #expect(isAccepted(text, { try LanguageCode(parsing: $0) }) == valid)
    }

    @Test(
        "mimeType",
        arguments: [
            ("application/pdf", true), ("text/xml; charset=UTF-8", true), ("application/fhir+json", true),
            ("pdf", false),
            ("a/", false), ("a/b/c", false), ("a b/c", false),
        ]
    )
    func readsMIMEType(_ text: String, _ valid: Bool) {
        #expect(isAccepted(text, { try MIMEType(parsing: $0) }) == valid)
    }

    @Test("uniqueId: at most 128 printable ASCII characters")
    func readsUniqueID() {
        #expect(isAccepted(String(repeating: "1", count: 128), { try UniqueID(parsing: $0) }))
        #expect(isAccepted("2.999^abc", { try UniqueID(parsing: $0) }))
        #expect(!isAccepted(String(repeating: "1", count: 129), { try UniqueID(parsing: $0) }))
        #expect(!isAccepted("é", { try UniqueID(parsing: $0) }))
        #expect(!isAccepted("", { try UniqueID(parsing: $0) }))
    }

    @Test("hash: 40 hexadecimal digits of either case, compared as bytes")
    func readsHash() throws {
        let digits = "da39a3ee5e6b4b0d3255bfef95601890afd80709"
        #expect(try SHA1Digest(parsing: digits.uppercased()) == SHA1Digest(parsing: digits))
        #expect(try SHA1Digest(parsing: digits.uppercased()).hex == digits)
        #expect(!isAccepted(String(digits.dropLast()), { try SHA1Digest(parsing: $0) }))
        #expect(!isAccepted(digits + "0", { try SHA1Digest(parsing: $0) }))
        #expect(!isAccepted(digits.replacing("d", with: "g"), { try SHA1Digest(parsing: $0) }))
    }

    @Test("RFC 9562, 5.4: a random UUID has version 4 and variant 10, and all other bits are random")
    func randomUUIDs() {
        let all = (0..<1_000).map { _ in UUID.random() }
        #expect(Set(all).count == 1_000)
        #expect(all.allSatisfy { $0.uuid.6 >> 4 == 4 && $0.uuid.8 >> 6 == 0b10 })
        // Each bit is 0 in some and 1 in others, but for the six of version and variant.
        let bytes = all.map { withUnsafeBytes(of: $0.uuid) { Array($0) } }
        for position in 0..<16 {
            let fixed: UInt8 = position == 6 ? 0xF0 : position == 8 ? 0xC0 : 0
            #expect(bytes.reduce(0) { $0 | $1[position] } | fixed == 0xFF)
            #expect(bytes.reduce(0xFF) { $0 & $1[position] } & ~fixed == 0)
        }
    }

    @Test("entryUUID: URN or symbol, printed in lower case")
    func readsEntryUUID() {
        let urn = "urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1"
        #expect(EntryUUID(urn).text == urn)
        #expect(EntryUUID("urn:uuid:7EDCA82F-054D-47F2-A032-9B2A5B5186C1") == EntryUUID(urn))
        #expect(EntryUUID("Document01") == .symbolic("Document01"))
        #expect(EntryUUID("urn:uuid:nonsense").isMalformed)
        #expect(EntryUUID("7edca82f-054d-47f2-a032-9b2a5b5186c1").uuid == nil)
    }

    @Test("Ids derived from an object are stable, different and not the object's")
    func derivesUUIDs() throws {
        let base = try #require(UUID(uuidString: "7edca82f-054d-47f2-a032-9b2a5b5186c1"))
        let derived = (0..<100).map { base.derived($0) }
        #expect(Set(derived + [base]).count == 101)
        #expect(derived == (0..<100).map { base.derived($0) })
    }

    @Test(
        "Code of a query: code^^scheme",
        arguments: [
            ("a^^1.2", true), (" a ^^ 1.2 ", true), ("a", false), ("a^x^1.2", false), ("a^^", false), ("^^1", false),
            ("a^^b^c", false),
        ])
    func readsCode(_ text: String, _ valid: Bool) {
        #expect(isAccepted(text, { try CodedValue(parsing: $0) }) == valid)
    }
}

@Suite("TF-3 4.2.3.1.7: DTM")
struct DTMTests {
    @Test(
        "valid",
        arguments: [
            "2025", "202503", "20250304", "2025030410", "202503041015", "20250304101530", "20240229", "20000229",
        ])
    func accepts(_ text: String) { #expect(isAccepted(text, { try DTM(parsing: $0) })) }

    @Test(
        "invalid",
        arguments: [
            "", "202", "20251", "202513", "20250230", "20250229", "19000229", "2025030424", "202503041060",
            "20250304101560",
            "20250304101530.5", "20250304101530+0100", "2025-03-04", "202503041015301",
        ]
    )
    func refuses(_ text: String) { #expect(!isAccepted(text, { try DTM(parsing: $0) })) }

    @Test(
        "bounds are the first and the last second of the precision",
        arguments: [
            ("2004", "20040101000000", "20041231235959"), ("200402", "20040201000000", "20040229235959"),
            ("200311", "20031101000000", "20031130235959"), ("20041224", "20041224000000", "20041224235959"),
            ("2004122410", "20041224100000", "20041224105959"), ("200412241059", "20041224105900", "20041224105959"),
            ("20041224105903", "20041224105903", "20041224105903"),
        ]
    )
    func bounds(_ text: String, _ lower: String, _ upper: String) throws {
        let time = try DTM(parsing: text)
        #expect(time.lowerBound == lower)
        #expect(time.upperBound == upper)
    }

    @Test(
        "made of seconds since 1970",
        arguments: [
            (0, "19700101000000"), (951_782_399, "20000228235959"), (951_782_400, "20000229000000"),
            (1_741_083_330, "20250304101530"), (-1, "19691231235959"),
        ]
    )
    func fromSeconds(_ seconds: Int, _ text: String) { #expect(DTM(secondsSinceEpoch: Int64(seconds)).text == text) }
}
