import PostgresKit
import Synchronization
import Testing
import Trust
import XDSTesting

@testable import AccessControl

@Suite("Certificates of an organisation, added and removed")
struct OrganisationCertificatesTests {
    @Test("a certificate known by issuer and number leads to its organisation; its key decides before that")
    func findsByName() async throws {
        try await RegisterBench.with { bench async throws in
            let certificate = try TestPKI.shared().careHome.parsed
            let name = CertificateName(certificate)
            try await bench.register.put(.sample(), certificates: [])
            try await bench.register.add(certificates: [], names: [name], to: "ziekenhuis")
            try await bench.directory.refresh()
            #expect(bench.directory.decision(for: certificate) == .admitted(.sample()))
            #expect(try await bench.register.entry("ziekenhuis").certificateNames == [name])
            try await bench.register.put(.sample("ander"), certificates: [certificate])
            try await bench.directory.refresh()
            #expect(bench.directory.decision(for: certificate) == .admitted(.sample("ander")))
        }
    }

    @Test("the name of a certificate belongs to one organisation")
    func refusesTakenName() async throws {
        try await RegisterBench.with { bench async throws in
            let name = try CertificateName(issuer: "CN=x", serialNumber: "1")
            try await bench.register.put(.sample(), certificates: [])
            try await bench.register.put(.sample("ander"), certificates: [])
            try await bench.register.add(certificates: [], names: [name], to: "ziekenhuis")
            try await bench.register.add(certificates: [], names: [name], to: "ziekenhuis")
            await #expect(throws: OrganisationRegisterError.certificateNameTaken(name)) {
                try await bench.register.add(
                    certificates: [try TestPKI.shared().careHome.parsed], names: [name], to: "ander")
            }
            #expect(try await bench.register.entry("ander").certificates.isEmpty, "all or nothing")
        }
    }

    @Test("old and new overlap, the old one is removed by its file or by its name, and is refused from then on")
    func removes() async throws {
        try await RegisterBench.with { bench async throws in
            let pki = try TestPKI.shared()
            let (old, new) = (try pki.careHome.parsed, try pki.hospital.parsed)
            try await bench.register.put(.sample(), certificates: [old, new])
            try await bench.register.remove(.key(old.spkiSHA256), from: "ziekenhuis")
            try await bench.directory.refresh()
            #expect(bench.directory.decision(for: old) == .refused(.notRegistered(subject: old.subject)))
            #expect(bench.directory.decision(for: new) == .admitted(.sample()))
            try await bench.register.add(certificates: [old], names: [], to: "ziekenhuis")
            try await bench.register.remove(.name(CertificateName(new)), from: "ziekenhuis")
            try await bench.directory.refresh()
            #expect(bench.directory.decision(for: new) == .refused(.notRegistered(subject: new.subject)))
            #expect(bench.directory.decision(for: old) == .admitted(.sample()))
        }
    }

    @Test("the last certificate stays unless that is meant, or a URA is left to connect by")
    func keepsLast() async throws {
        try await RegisterBench.with { bench async throws in
            let certificate = try TestPKI.shared().careHome.parsed
            let selector = OrganisationRegister.CertificateSelector.key(certificate.spkiSHA256)
            try await bench.register.put(.sample(), certificates: [certificate])
            await #expect(throws: OrganisationRegisterError.lastCertificate(organisation: "ziekenhuis")) {
                try await bench.register.remove(selector, from: "ziekenhuis")
            }
            #expect(try await bench.register.entry("ziekenhuis").certificates.count == 1)
            try await bench.register.remove(selector, from: "ziekenhuis", permission: .evenTheLast)
            #expect(try await bench.register.entry("ziekenhuis").certificates.isEmpty)
            try await bench.register.put(.sample(ura: TestPKI.ura), certificates: [certificate])
            try await bench.register.remove(selector, from: "ziekenhuis")
            await #expect(throws: OrganisationRegisterError.noSuchCertificate(organisation: "ziekenhuis")) {
                try await bench.register.remove(selector, from: "ziekenhuis")
            }
            await #expect(throws: OrganisationRegisterError.unknown("niemand")) {
                try await bench.register.remove(selector, from: "niemand")
            }
        }
    }

    @Test("every change is recorded in its own transaction: a record that fails undoes the change")
    func records() async throws {
        struct Full: Error {}
        try await RegisterBench.with { bench async throws in
            let events = Mutex<[AdministrationEvent]>([])
            let isFull = Atomic<Bool>(false)
            let register = OrganisationRegister(client: bench.client) { event, transaction in
                if isFull.load(ordering: .relaxed) { throw Full() }
                #expect(try await transaction.query("select count(*) from organisation").count == 1)
                events.withLock { $0.append(event) }
            }
            let certificate = try TestPKI.shared().careHome.parsed
            try await register.put(.sample(), certificates: [])
            try await register.add(certificates: [certificate], names: [], to: "ziekenhuis")
            try await register.setStatus(.suspended, of: "ziekenhuis")
            try await register.remove(.key(certificate.spkiSHA256), from: "ziekenhuis", permission: .evenTheLast)
            #expect(
                events.withLock { $0 }.map(\.command) == [
                    "organisation add", "organisation certificate add", "organisation suspend",
                    "organisation certificate remove",
                ])
            #expect(events.withLock { $0 }.allSatisfy { $0.organisation == "ziekenhuis" })
            #expect(
                events.withLock { $0 }.dropFirst().map(\.changes) == [
                    ["certificate: \(certificate.subject)"], ["status: active -> suspended"],
                    ["removed: public key \(certificate.spkiSHA256Hex)"],
                ])
            isFull.store(true, ordering: .relaxed)
            await #expect(throws: Full.self) { try await register.setStatus(.active, of: "ziekenhuis") }
            #expect(try await register.entry("ziekenhuis").organisation.status == .suspended)
        }
    }

    @Test("of two first registrations at once one is recorded as new, the other as a change of what it left")
    func recordsOneAsNew() async throws {
        try await RegisterBench.with { bench async throws in
            let changes = Mutex<[[String]]>([])
            let register = OrganisationRegister(client: bench.client) { event, _ in
                // The first commits only when the other waits for it.
                if changes.withLock({ $0.isEmpty }) { try await Self.waiting(in: bench.client) }
                changes.withLock { $0.append(event.changes) }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for name in ["Een", "Twee"] {
                    group.addTask { _ = try await register.put(.sample(name: name), certificates: []) }
                }
                try await group.waitForAll()
            }
            let recorded = changes.withLock { $0 }
            let last = try await register.entry("ziekenhuis").organisation.name
            let first = last == "Een" ? "Twee" : "Een"
            #expect(recorded.count == 2)
            #expect(recorded.first?.first == "name: - -> \(first)")
            #expect(recorded.first?.last == "status: - -> active")
            #expect(recorded.last == ["name: \(first) -> \(last)"])
        }
    }

    /// Returns when a transaction waits for a lock of another one.
    private static func waiting(in client: PostgresClient) async throws {
        let deadline = ContinuousClock.now.advanced(by: .seconds(20))
        var count: Int64 = 0
        while count == 0 {
            try #require(ContinuousClock.now < deadline, "nobody waits")
            try await Task.sleep(for: .milliseconds(20))
            count = try await client.query(
                "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
            ).decode(Int64.self, row: 0, column: 0)
        }
    }

    @Test(
        "the record of a registration says what it is, and that of a change each field that differs, before and after")
    func recordsDifferences() async throws {
        try await RegisterBench.with { bench async throws in
            let changes = Mutex<[[String]]>([])
            let register = OrganisationRegister(client: bench.client) { event, _ in
                changes.withLock { $0.append(event.changes) }
            }
            let first = Organisation(
                identifier: "regio", name: "Regio", ura: "00000012", transactions: ["ITI-18", "ITI-43"],
                sourceIDs: .only(["2.999.3.1"]), contact: "beheer@voorbeeld.invalid")
            try await register.put(first, certificates: [])
            try await register.put(first, certificates: [])
            try await register.setStatus(.suspended, of: "regio")
            try await register.put(
                Organisation(
                    identifier: "regio", name: "Andere regio", ura: "00000013",
                    transactions: ["ITI-18", "ITI-62"], sourceIDs: .any, reading: .strict, updateScope: .any,
                    kind: "V4", homeCommunityID: "urn:oid:2.999.8",
                    limits: .init(requests: 3, bytes: 1_000_000, requestsPerSecond: 5),
                    visibility: .init(confidentialityCodes: ["N^^2.999", "A^^2.999"], classCodes: [])),
                certificates: [])
            #expect(
                changes.withLock { $0 } == [
                    [
                        "name: - -> Regio", "ura: - -> 00000012", "transactions: - -> ITI-18 ITI-43",
                        "sourceIds: - -> 2.999.3.1", "reading: - -> lenient", "updates: - -> own",
                        "confidentialityCodes: - -> any", "classCodes: - -> any",
                        "contact: - -> beheer@voorbeeld.invalid", "status: - -> active",
                    ],
                    ["nothing"],
                    ["status: active -> suspended"],
                    [
                        "name: Regio -> Andere regio", "ura: 00000012 -> 00000013", "kind: - -> V4",
                        "homeCommunityId: - -> urn:oid:2.999.8", "transactions: ITI-18 ITI-43 -> ITI-18 ITI-62",
                        "sourceIds: 2.999.3.1 -> any", "reading: lenient -> strict", "updates: own -> any",
                        "confidentialityCodes: any -> A^^2.999 N^^2.999", "classCodes: any -> none",
                        "maximumRequests: - -> 3", "maximumBytes: - -> 1000000", "requestsPerSecond: - -> 5",
                        "contact: beheer@voorbeeld.invalid -> -",
                    ],
                ])
        }
    }

    @Test("kind, home community and limits are kept and read back")
    func readsBack() async throws {
        try await RegisterBench.with { bench async throws in
            let organisation = Organisation(
                identifier: "regio", name: "Andere regio", transactions: ["ITI-18"], sourceIDs: .any, kind: "V4",
                homeCommunityID: "urn:oid:2.999.8", limits: .init(requests: 3, bytes: 1_000_000, requestsPerSecond: 5))
            try await bench.register.put(organisation, certificates: [])
            #expect(try await bench.register.entry("regio").organisation == organisation)
        }
    }

    @Test(
        "a malformed kind, home community or limit is refused",
        arguments: [
            ("kind", Organisation.odd(kind: "V 4")), ("kind", .odd(kind: "")),
            ("homeCommunityId", .odd(community: "2.999.8")), ("homeCommunityId", .odd(community: "urn:oid:2.09")),
            ("limit", .odd(limits: .init(requests: 0))), ("limit", .odd(limits: .init(bytes: -1))),
        ])
    func refuses(field: String, organisation: Organisation) {
        let error = #expect(throws: OrganisationRegisterError.self) { try OrganisationRegister.check(organisation) }
        #expect(error?.description.hasPrefix("\(field) is malformed") == true)
    }
}

extension Organisation {
    fileprivate static func odd(kind: String? = nil, community: String? = nil, limits: Limits = Limits()) -> Self {
        Organisation(
            identifier: "x", name: "x", transactions: [], sourceIDs: .any, kind: kind, homeCommunityID: community,
            limits: limits)
    }
}
