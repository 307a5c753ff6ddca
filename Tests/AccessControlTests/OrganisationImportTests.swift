import Foundation
import Testing
import Trust
import XDSTesting

@testable import AccessControl

@Suite("The first load of a region from a file")
struct OrganisationImportTests {
    private static let transactions = OrganisationImport.Transactions(
        served: ["ITI-18", "ITI-41", "ITI-43", "ITI-57"], ordinary: ["ITI-18", "ITI-43"])

    private static func plan(
        _ text: String, registered: [OrganisationRegister.Entry] = []
    ) throws -> OrganisationImport {
        try OrganisationImport(
            parsing: Array(text.utf8), folder: TestPKI.shared().folder.path, registered: registered,
            transactions: transactions)
    }

    private static func problems(
        _ text: String, registered: [OrganisationRegister.Entry] = []
    ) throws -> [String] {
        do {
            _ = try plan(text, registered: registered)
            return []
        } catch let error as OrganisationImportError {
            return error.problems.map(\.description)
        }
    }

    @Test("every column is understood, whatever their order and capitals; a URA gets its zeros back")
    func columns() throws {
        let plan = try Self.plan(
            """
            Name;identifier;URA;kind;home-community-id;contact;transactions;source_ids;reading;updates;certificates;issuer;serial number;maximum requests;maximumBytes;requestsPerSecond;confidentialityCodes;classCodes
            "Ziekenhuis; Oost";ziekenhuis;10990;V4;urn:oid:2.999.8;beheer;ITI-18 ITI-57;2.999.3.1|2.999.3.2;strict;any;hospital.pem carehome.pem;CN=x, C=NL;0a;3;4000;5;N^^2.16.840.1.113883.5.25;c^^2.999|d^^2.999
            """)
        let addition = try #require(plan.additions.first)
        let pki = try TestPKI.shared()
        #expect(
            addition.organisation
                == Organisation(
                    identifier: "ziekenhuis", name: "Ziekenhuis; Oost", ura: "00010990",
                    transactions: ["ITI-18", "ITI-57"], sourceIDs: .only(["2.999.3.1", "2.999.3.2"]), reading: .strict,
                    updateScope: .any, contact: "beheer", kind: "V4", homeCommunityID: "urn:oid:2.999.8",
                    limits: .init(requests: 3, bytes: 4_000, requestsPerSecond: 5),
                    visibility: .init(
                        confidentialityCodes: ["N^^2.16.840.1.113883.5.25"], classCodes: ["c^^2.999", "d^^2.999"])))
        #expect(addition.certificates == [try pki.hospital.parsed, try pki.careHome.parsed])
        #expect(addition.names.map(\.description) == ["0A of CN=x,C=NL"])
        #expect(plan.changes == [.init(identifier: "ziekenhuis", isKnown: false, certificates: 3)])
    }

    @Test("what is empty keeps what is there, or is the default for a new organisation")
    func defaults() throws {
        let known = Organisation(
            identifier: "ziekenhuis", name: "Ziekenhuis", ura: "00000007", transactions: ["ITI-18"],
            sourceIDs: .only(["2.999.3.1"]), limits: .init(requests: 9), visibility: .init(classCodes: ["c^^2.999"]))
        let entry = OrganisationRegister.Entry(organisation: known, certificates: [], certificateNames: [])
        let plan = try Self.plan(
            "identifier,name,ura,contact\nziekenhuis,,,nieuw\nnieuw,Nieuw,8,\n", registered: [entry])
        #expect(plan.additions[0].organisation.name == known.name)
        #expect(plan.additions[0].organisation.sourceIDs == known.sourceIDs)
        #expect(plan.additions[0].organisation.contact == "nieuw")
        #expect(plan.additions[0].organisation.visibility == known.visibility, "an import widens nothing unsaid")
        #expect(plan.additions[0].organisation.limits == known.limits)
        #expect(plan.additions[1].organisation.transactions == ["ITI-18", "ITI-43"])
        #expect(plan.changes.map(\.isKnown) == [true, false])
    }

    @Test("a dash drops what an organisation may be without, the word any the limits on a list; what is empty stays")
    func clearing() throws {
        let known = Organisation(
            identifier: "ziekenhuis", name: "Ziekenhuis", ura: "00000007", transactions: ["ITI-18"],
            sourceIDs: .only(["2.999.3.1"]), contact: "beheer", kind: "V4", homeCommunityID: "urn:oid:2.999.8",
            limits: .init(requests: 3, bytes: 4_000, requestsPerSecond: 5),
            visibility: .init(confidentialityCodes: ["N^^2.999"], classCodes: ["c^^2.999"]))
        let name = try CertificateName(issuer: "CN=x", serialNumber: "01")
        let entry = OrganisationRegister.Entry(organisation: known, certificates: [], certificateNames: [name])
        let columns = "ura,kind,homeCommunityId,contact,maximumRequests,maximumBytes,requestsPerSecond"
        func cleared(_ heading: String, _ cells: String) throws -> Organisation? {
            try Self.plan("identifier,\(heading)\nziekenhuis,\(cells)\n", registered: [entry])
                .additions.first?.organisation
        }
        #expect(
            try cleared(columns, "-,-,-,-, - ,\"-\",-")
                == Organisation(
                    identifier: "ziekenhuis", name: "Ziekenhuis", transactions: ["ITI-18"],
                    sourceIDs: .only(["2.999.3.1"]), visibility: known.visibility))
        #expect(try cleared(columns, ",,,,,,") == known)
        #expect(
            try cleared("sourceIds,confidentialityCodes,classCodes", "any,any,any")
                == Organisation(
                    identifier: "ziekenhuis", name: "Ziekenhuis", ura: "00000007", transactions: ["ITI-18"],
                    sourceIDs: .any, contact: "beheer", kind: "V4", homeCommunityID: "urn:oid:2.999.8",
                    limits: known.limits))
        let visibility = Organisation.Visibility(confidentialityCodes: ["N^^2.999"])
        #expect(try cleared("classCodes", "any")?.visibility == visibility)
        #expect(try cleared("contact,maximumRequests", "-,")?.limits == known.limits, "what is beside it stays")
    }

    @Test("a new organisation has what a dash leaves it: nothing, or the default")
    func clearingNothing() throws {
        let plan = try Self.plan("identifier,name,ura,contact,maximumRequests\nnieuw,Nieuw,8,-,-\n")
        #expect(plan.additions.first?.organisation.contact == nil)
        #expect(plan.additions.first?.organisation.limits == Organisation.Limits())
    }

    @Test(
        "a dash where nothing can be dropped is told, and so is a URA dropped from who has nothing else to connect by",
        arguments: [
            ("name", "line 2, column 2 (name): \"-\" has no meaning here: an organisation has a name"),
            ("sourceIds", "line 2, column 2 (sourceIds): \"-\" has no meaning here: write any"),
            ("classCodes", "line 2, column 2 (classCodes): \"-\" has no meaning here: write any"),
            ("transactions", "line 2, column 2 (transactions): there is no transaction -"),
            ("reading", "line 2, column 2 (reading): \"-\" is not"),
            ("ura", "line 2: give a ura, certificates, or issuer"),
        ])
    func clearingRefused(column: String, expected: String) throws {
        let known = Organisation(
            identifier: "ziekenhuis", name: "Ziekenhuis", ura: "00000007", transactions: ["ITI-18"], sourceIDs: .any)
        let entry = OrganisationRegister.Entry(organisation: known, certificates: [], certificateNames: [])
        let problems = try Self.problems("identifier,\(column)\nziekenhuis,-\n", registered: [entry])
        #expect(problems.count == 1)
        #expect(problems.first?.hasPrefix(expected) == true, "\(problems)")
    }

    @Test(
        "each wrong cell is told with its line and column",
        arguments: [
            ("Groot,x,1,,", "line 2, column 1 (identifier): use lower-case letters"),
            ("a,,1,,", "line 2, column 2 (name): give the name"),
            ("a,x,123456789,,", "line 2, column 3 (ura): \"123456789\" is no URA"),
            ("a,x,1,ITI-18 ITI-99,", "line 2, column 4 (transactions): there is no transaction ITI-99"),
            ("a,x,1,,absent.pem", "line 2, column 5 (certificates): "),
            ("a,x,,,", "line 2: give a ura, certificates, or issuer"),
            ("a,x,1,,,,", "line 2: has 7 cells, but the first line names 5"),
        ])
    func wrongCell(line: String, expected: String) throws {
        let problems = try Self.problems("identifier,name,ura,transactions,certificates\n\(line)\n")
        #expect(problems.count == 1)
        #expect(problems.first?.hasPrefix(expected) == true, "\(problems)")
    }

    @Test(
        "words and numbers have to be right",
        arguments: [
            ("streng,,", "line 2, column 3 (reading): \"streng\" is not"), (",alles,", "column 4 (updates): \"alles\""),
            (",,-1", "column 5 (maximumRequests): \"-1\" is no whole number"),
        ])
    func wrongWord(cells: String, expected: String) throws {
        let problems = try Self.problems("identifier,ura,reading,updates,maximumRequests,name\na,1,\(cells),x")
        #expect(problems.count == 1)
        #expect(problems.first?.contains(expected) == true, "\(problems)")
    }

    @Test("all wrong lines are told at once, in order")
    func everything() throws {
        let problems = try Self.problems(
            "identifier,name,ura\na,x,1\nB,x,y\na,x,2\nc,x,1\n")
        #expect(problems.map { $0.prefix(6) } == ["line 3", "line 3", "line 4", "line 5"])
        #expect(problems[2].contains("a stands on line 2 already"))
        #expect(problems[3].contains("URA 00000001 belongs to a"))
    }

    @Test("a URA, key or name of an organisation that is registered and not in the file is told")
    func collisions() throws {
        let certificate = try TestPKI.shared().hospital.parsed
        let entry = OrganisationRegister.Entry(
            organisation: .sample(ura: "00000001"),
            certificates: [
                .init(
                    spkiSHA256: certificate.spkiSHA256, subject: "", issuer: "", serialNumber: "",
                    notAfter: .distantFuture)
            ], certificateNames: [try .init(issuer: "CN=x", serialNumber: "1")])
        let file = "identifier,name,ura,certificates,issuer,serialNumber\n"
        let problems = try Self.problems(file + "a,x,1,hospital.pem,CN=x,01\n", registered: [entry])
        #expect(problems.count == 3)
        #expect(problems.allSatisfy { $0.hasPrefix("line 2: ") && $0.hasSuffix("belongs to ziekenhuis") })
        #expect(try Self.problems(file + "ziekenhuis,x,1,hospital.pem,CN=x,01\n", registered: [entry]).isEmpty)
    }

    @Test(
        "the first line is checked",
        arguments: [
            ("", "line 1: the file is empty"),
            ("name,ura\nx,1", "line 1: the first line must name a column identifier"),
            ("identifier,uri\na,1", "line 1, column 2 (uri): there is no such column"),
            ("identifier,Identifier\na,1", "line 1, column 2 (Identifier): the column is there twice"),
            ("identifier,name\n", "line 2: the file names no organisation"), ("a\n\"b", "line 2: a quotation mark"),
        ])
    func header(text: String, expected: String) throws {
        #expect(try Self.problems(text).first?.hasPrefix(expected) == true)
    }

    @Test("a whole file is taken in, or nothing of it")
    func allOrNothing() async throws {
        try await RegisterBench.with { bench async throws in
            let file = try Self.plan("identifier,name,ura\na,A,1\nb,B,2\n")
            // Somebody else is quicker with the second one's URA.
            try await bench.register.put(.sample(ura: "00000002"), certificates: [])
            await #expect(throws: OrganisationRegisterError.uraTaken("00000002")) { try await bench.register.put(file) }
            #expect(try await bench.rows() == [1, 0])
            let other = try Self.plan("identifier,name,ura,certificates\na,A,1,\nb,B,3,carehome.pem\n")
            try await bench.register.put(other)
            #expect(try await bench.rows() == [3, 1])
            // A URA that one line drops is free for the next.
            let third = try Self.plan(
                "identifier,ura\nb,-\na,3\n", registered: try await bench.register.all())
            try await bench.register.put(third)
            #expect(try await bench.register.entry("00000003").organisation.identifier == "a")
            #expect(try await bench.register.entry("b").organisation.ura == nil)
        }
    }
}
