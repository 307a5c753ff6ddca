import Testing

@testable import XDSMetadata

@Suite("The patient domain")
struct PatientDomainTests {
    @Test("eleven test: these pass", arguments: ["900186021", "111222333", "123456782", "010000008"])
    func passes(number: String) {
        #expect(BSN.passesElevenTest(number))
    }

    @Test(
        "eleven test: these fail",
        arguments: ["562632643", "900186022", "000000000", "90018602", "0900186021", "90018602a", "", "９００１８６０２１"])
    func fails(number: String) {
        #expect(!BSN.passesElevenTest(number))
    }

    private func domain(
        _ authority: String = "2.999.1", _ admission: PatientDomain.Admission = .feed,
        _ check: PatientDomain.BSNCheck = .off
    ) throws -> PatientDomain {
        PatientDomain(
            authority: try OID(parsing: authority), admission: admission, bsnCheck: check,
            namespaces: ["REGIO": try OID(parsing: "2.999.1"), "ZIS": try OID(parsing: "2.999.5")])
    }

    @Test(
        "a missing universal id is filled in from the namespaces; another authority or type is not ours",
        arguments: [
            (FeedIdentifier(id: "1", universalID: "2.999.1", universalIDType: "ISO"), true),
            (FeedIdentifier(id: "1", universalID: "2.999.1"), true),
            (FeedIdentifier(id: " 1 ", namespace: "REGIO"), true),
            (FeedIdentifier(id: "1", namespace: "REGIO", universalID: "2.999.5", universalIDType: "ISO"), false),
            (FeedIdentifier(id: "1", namespace: "ZIS"), false), (FeedIdentifier(id: "1", namespace: "X"), false),
            (FeedIdentifier(id: "1", universalID: "2.999.1", universalIDType: "DNS"), false),
            (FeedIdentifier(id: "1"), false), (FeedIdentifier(id: "", namespace: "REGIO"), false),
        ])
    func owns(identifier: FeedIdentifier, isOurs: Bool) throws {
        #expect(try domain().owns(identifier) == isOurs)
    }

    @Test("an id of any domain takes the form of XDS; without an OID of its authority it takes none")
    func patientID() throws {
        let domain = try domain()
        #expect(domain.patientID(FeedIdentifier(id: "7", namespace: "ZIS")) { $0 }?.cx == "7^^^&2.999.5&ISO")
        #expect(
            domain.patientID(FeedIdentifier(id: "a^b", namespace: "REGIO")) { _ in "a-b" }?.cx == "a-b^^^&2.999.1&ISO")
        #expect(domain.patientID(FeedIdentifier(id: "7", namespace: "X")) { $0 } == nil)
        #expect(domain.patientID(FeedIdentifier(id: "7", universalID: "no oid")) { $0 } == nil)
    }

    @Test("the eleven test applies to the domain of the BSN, and where it is switched on")
    func elevenTest() throws {
        let wrong = try PatientID(parsing: "900186022^^^&\(BSN.assigningAuthority)&ISO")
        #expect(try domain(BSN.assigningAuthority, .feed, .warn).failsElevenTest(wrong))
        #expect(try !domain(BSN.assigningAuthority, .feed, .off).failsElevenTest(wrong))
        #expect(try !domain("2.999.1", .feed, .reject).failsElevenTest(wrong))
    }

    @Test("register-on-first-use admits ids of the domain, and none that the eleven test refuses")
    func firstUse() throws {
        let right = try PatientID(parsing: "900186021^^^&\(BSN.assigningAuthority)&ISO")
        let wrong = try PatientID(parsing: "900186022^^^&\(BSN.assigningAuthority)&ISO")
        let foreign = try PatientID(parsing: "900186021^^^&2.999.5&ISO")
        let strict = try domain(BSN.assigningAuthority, .registerOnFirstUse, .reject)
        #expect([right, wrong, foreign].map(strict.admitsOnFirstUse) == [true, false, false])
        let mild = try domain(BSN.assigningAuthority, .registerOnFirstUse, .warn)
        #expect([right, wrong, foreign].map(mild.admitsOnFirstUse) == [true, true, false])
        #expect(try !domain(BSN.assigningAuthority, .feed, .warn).admitsOnFirstUse(right))
    }

    @Test("namespaces are read from the configuration")
    func namespaces() throws {
        let read = try PatientDomain.namespaces(parsing: " REGIO = 2.999.1, ZIS=2.999.5 ,")
        #expect(read.mapValues(\.text) == ["REGIO": "2.999.1", "ZIS": "2.999.5"])
        #expect(try PatientDomain.namespaces(parsing: "").isEmpty)
    }

    @Test(
        "namespaces that cannot be read are refused", arguments: ["REGIO", "=2.999.1", "A=x", "A=2.9,A=2.8", "A=2.9=3"])
    func wrongNamespaces(text: String) {
        #expect(throws: FormatProblem.self) { try PatientDomain.namespaces(parsing: text) }
    }
}
