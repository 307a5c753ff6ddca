import Foundation
import PostgresKit
import Testing
import Trust
import XDSTesting

@testable import AccessControl

@Suite("The register of organisations")
struct OrganisationRegisterTests {
    @Test("what is put is read back, found by identifier and by URA")
    func readsBack() async throws {
        try await RegisterBench.with { bench async throws in
            let pki = try TestPKI.shared()
            let certificate = try pki.hospital.parsed
            let organisation = Organisation.sample(ura: TestPKI.ura)
            let supplier = Organisation(
                identifier: "leverancier-1", name: "Naam met 'quotes' & ë", transactions: [], sourceIDs: .any)
            try await bench.register.put(organisation, certificates: [certificate])
            try await bench.register.put(supplier, certificates: [])
            let all = try await bench.register.all()
            #expect(all.map(\.organisation) == [supplier, organisation], "in order of the identifier")
            let entry = try await bench.register.entry("ziekenhuis")
            #expect(entry.organisation == organisation)
            #expect(try await bench.register.entry(TestPKI.ura) == entry)
            let registered = try #require(entry.certificates.first)
            #expect(entry.certificates.count == 1)
            #expect(registered.spkiSHA256 == certificate.spkiSHA256)
            #expect(registered.subject == certificate.subject)
            #expect(registered.issuer == certificate.issuer)
            #expect(registered.serialNumber == certificate.serialNumber)
            #expect(abs(registered.notAfter.timeIntervalSince(certificate.notAfter)) < 1)
        }
    }

    @Test("putting again replaces the data and adds certificates: old and new overlap")
    func replaces() async throws {
        try await RegisterBench.with { bench async throws in
            let pki = try TestPKI.shared()
            try await bench.register.put(.sample(ura: TestPKI.ura), certificates: [try pki.hospital.parsed])
            let changed = Organisation.sample(name: "Nieuwe naam", sourceIDs: .any)
            try await bench.register.put(changed, certificates: [try pki.careHome.parsed, try pki.hospital.parsed])
            let entry = try await bench.register.entry("ziekenhuis")
            #expect(entry.organisation == changed)
            #expect(
                Set(entry.certificates.map(\.spkiSHA256))
                    == [try pki.hospital.parsed.spkiSHA256, try pki.careHome.parsed.spkiSHA256])
            #expect(try await bench.rows() == [1, 2])
        }
    }

    @Test("putting a suspended organisation again does not reinstate it")
    func keepsSuspension() async throws {
        try await RegisterBench.with { bench async throws in
            #expect(try await bench.register.put(.sample(), certificates: []) == .active)
            try await bench.register.setStatus(.suspended, of: "ziekenhuis")
            #expect(try await bench.register.put(.sample(name: "Nieuwe naam"), certificates: []) == .suspended)
            let organisation = try await bench.register.entry("ziekenhuis").organisation
            #expect(organisation.status == .suspended)
            #expect(organisation.name == "Nieuwe naam")
        }
    }

    @Test("status changes, and an unknown identifier or URA is told")
    func changesStatus() async throws {
        try await RegisterBench.with { bench async throws in
            try await bench.register.put(.sample(), certificates: [])
            try await bench.register.setStatus(.suspended, of: "ziekenhuis")
            #expect(try await bench.register.entry("ziekenhuis").organisation.status == .suspended)
            try await bench.register.setStatus(.active, of: "ziekenhuis")
            #expect(try await bench.register.entry("ziekenhuis").organisation.status == .active)
            await #expect(throws: OrganisationRegisterError.unknown("huisarts")) {
                try await bench.register.setStatus(.suspended, of: "huisarts")
            }
            await #expect(throws: OrganisationRegisterError.unknown("00000000")) {
                _ = try await bench.register.entry("00000000")
            }
        }
    }

    @Test("a URA that another organisation has is refused, and nothing changes")
    func refusesTakenURA() async throws {
        try await RegisterBench.with { bench async throws in
            let pki = try TestPKI.shared()
            try await bench.register.put(.sample(ura: TestPKI.ura), certificates: [])
            let error = await #expect(throws: OrganisationRegisterError.uraTaken(TestPKI.ura)) {
                try await bench.register.put(
                    .sample("ander", ura: TestPKI.ura), certificates: [try pki.careHome.parsed])
            }
            #expect(error?.description.contains("organisation show \(TestPKI.ura)") == true)
            #expect(try await bench.rows() == [1, 0])
            try await bench.register.put(.sample("ander"), certificates: [])
            await #expect(throws: OrganisationRegisterError.uraTaken(TestPKI.ura)) {
                try await bench.register.put(.sample("ander", ura: TestPKI.ura), certificates: [])
            }
            #expect(try await bench.register.entry("ander").organisation.ura == nil)
        }
    }

    @Test("a certificate that another organisation has is refused, and nothing changes")
    func refusesTakenCertificate() async throws {
        try await RegisterBench.with { bench async throws in
            let pki = try TestPKI.shared()
            let certificate = try pki.hospital.parsed
            try await bench.register.put(.sample(), certificates: [certificate])
            let error = await #expect(throws: OrganisationRegisterError.certificateTaken(subject: certificate.subject))
            {
                try await bench.register.put(.sample("ander"), certificates: [try pki.careHome.parsed, certificate])
            }
            #expect(error?.description.contains(certificate.subject) == true)
            #expect(try await bench.rows() == [1, 1])
            #expect(
                try await bench.register.entry("ziekenhuis").certificates.map(\.spkiSHA256) == [certificate.spkiSHA256])
        }
    }

    @Test(
        "a malformed identifier is refused before anything is written",
        arguments: [
            "", "Ziekenhuis", "zieken huis", "ziekenhuis_1", "zïekenhuis", "a\nb", "'; --",
            String(repeating: "a", count: 41),
        ])
    func refusesIdentifier(_ identifier: String) async throws {
        try await RegisterBench.with { bench async throws in
            let error = await #expect(throws: OrganisationRegisterError.self) {
                try await bench.register.put(.sample(identifier), certificates: [])
            }
            #expect(error?.description.hasPrefix("identifier is malformed") == true)
            #expect(try await bench.rows() == [0, 0])
        }
    }

    @Test(
        "a malformed URA is refused",
        arguments: ["", "1234567", "123456789", "1234567a", "１２３４５６７８", " 1234567", "١٢٣٤٥٦٧٨"])
    func refusesURA(_ ura: String) async throws {
        try await RegisterBench.with { bench async throws in
            let error = await #expect(throws: OrganisationRegisterError.self) {
                try await bench.register.put(.sample(ura: ura), certificates: [])
            }
            #expect(error?.description.hasPrefix("ura is malformed") == true)
            #expect(try await bench.rows() == [0, 0])
        }
    }

    @Test("a name is asked for, also when there is only white space", arguments: ["", "  "])
    func refusesName(_ name: String) async throws {
        try await RegisterBench.with { bench async throws in
            let error = await #expect(throws: OrganisationRegisterError.self) {
                try await bench.register.put(.sample(name: name), certificates: [])
            }
            #expect(error?.description.hasPrefix("name is malformed") == true)
        }
    }

    @Test("identifiers of the greatest length, with digits and hyphens, are good; a URA may begin with zeros")
    func acceptsLimits() async throws {
        try await RegisterBench.with { bench async throws in
            let identifier = String(repeating: "a-9", count: 13) + "z"
            try await bench.register.put(.sample(identifier, ura: "00000001"), certificates: [])
            #expect(try await bench.register.entry("00000001").organisation.identifier == identifier)
        }
    }

    @Test("every change raises the revision, a refused one does not")
    func raisesRevision() async throws {
        try await RegisterBench.with { bench async throws in
            var last = try await bench.revision()
            func moved() async throws -> Bool {
                let revision = try await bench.revision()
                defer { last = revision }
                return revision > last
            }
            try await bench.register.put(.sample(ura: TestPKI.ura), certificates: [])
            #expect(try await moved())
            try await bench.register.put(
                .sample(ura: TestPKI.ura), certificates: [try TestPKI.shared().careHome.parsed])
            #expect(try await moved())
            try await bench.register.setStatus(.suspended, of: "ziekenhuis")
            #expect(try await moved())
            await #expect(throws: OrganisationRegisterError.self) {
                try await bench.register.put(.sample("ander", ura: TestPKI.ura), certificates: [])
            }
            #expect(try await !moved())
            _ = try await bench.client.query("delete from organisation_certificate")
            #expect(try await moved())
        }
    }

    @Test("sourceIds and transactions: what is listed is allowed, nothing else")
    func decidesRights() {
        let organisation = Organisation.sample()
        #expect(organisation.mayCall("ITI-18"))
        #expect(!organisation.mayCall("ITI-43"))
        #expect(!organisation.mayCall("iti-18"))
        #expect(organisation.sourceIDs.allows("2.999.3.1"))
        #expect(!organisation.sourceIDs.allows("2.999.3.10"))
        #expect(!organisation.sourceIDs.allows(""))
        #expect(!Organisation.SourceIDs.only([]).allows("2.999.3.1"))
        #expect(Organisation.SourceIDs.any.allows("2.999.3.1"))
    }
}
