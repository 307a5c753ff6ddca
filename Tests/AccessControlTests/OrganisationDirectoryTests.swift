import Foundation
import PostgresKit
import Testing
import Trust
import XDSTesting

@testable import AccessControl

@Suite("Who a certificate belongs to")
struct OrganisationDirectoryTests {
    @Test("an empty directory, or one never read, refuses everybody")
    func refusesUnregistered() async throws {
        try await RegisterBench.with { bench async throws in
            let certificate = try TestPKI.shared().hospital.parsed
            let refusal = AccessDecision.Refusal.notRegistered(subject: certificate.subject)
            #expect(bench.directory.decision(for: certificate) == .refused(refusal))
            try await bench.directory.refresh()
            #expect(bench.directory.decision(for: certificate) == .refused(refusal))
            #expect(bench.directory.count == 0)
            #expect(refusal.reason == "not-registered")
            #expect(refusal.explanation.contains(certificate.subject))
        }
    }

    @Test("a registered public key leads to its organisation, also in a renewed certificate with the same key")
    func findsByKey() async throws {
        try await RegisterBench.with { bench async throws in
            let pki = try TestPKI.shared()
            try await bench.register.put(.sample(), certificates: [try pki.careHome.parsed])
            try await bench.directory.refresh()
            #expect(bench.directory.decision(for: try pki.careHome.parsed) == .admitted(.sample()))
            #expect(bench.directory.count == 1)
            let stranger = try pki.underIntermediate.parsed
            #expect(bench.directory.decision(for: stranger) == .refused(.notRegistered(subject: stranger.subject)))
        }
    }

    @Test("the URA in a UZI server certificate leads to the organisation, without its key being registered")
    func findsByURA() async throws {
        try await RegisterBench.with { bench async throws in
            let pki = try TestPKI.shared()
            #expect(try pki.hospital.parsed.serverURA == TestPKI.ura)
            let organisation = Organisation.sample(ura: TestPKI.ura)
            try await bench.register.put(organisation, certificates: [])
            try await bench.directory.refresh()
            #expect(bench.directory.decision(for: try pki.hospital.parsed) == .admitted(organisation))
            let careHome = try pki.careHome.parsed
            #expect(
                bench.directory.decision(for: careHome) == .refused(.notRegistered(subject: careHome.subject)),
                "a certificate without URA is not let in by anybody's")
        }
    }

    @Test("the URA counts only in certificates that one of the named authorities signed, whatever name the issuer has")
    func uraIssuers() async throws {
        try await RegisterBench.with { bench async throws in
            let pki = try TestPKI.shared()
            let organisation = Organisation.sample(ura: TestPKI.ura)
            try await bench.register.put(organisation, certificates: [])
            func directory(_ authority: TestPKI.Identity) async throws -> OrganisationDirectory {
                let directory = OrganisationDirectory(
                    client: bench.client, uraIssuers: try CertificateIssuers(pemFile: authority.certificate),
                    refreshInterval: .seconds(60), logger: PostgresFixture.silentLogger)
                try await directory.refresh()
                return directory
            }
            let certificate = try pki.hospital.parsed
            #expect(try await directory(pki.authority).decision(for: certificate) == .admitted(organisation))
            // Another authority under the same name, as one could be made below any other anchor.
            let namesake = try pki.selfSigned(
                "namesake-\(UUID().uuidString)",
                .init(subject: "/C=NL/O=Test/CN=Test CA", extendedKeyUsage: nil))
            var request = TestPKI.Request(subject: "/CN=impostor")
            request.alternativeNames = "otherName:2.5.5.5;IA5STRING:\(TestPKI.uziName)"
            let impostor = try pki.issue("impostor-\(UUID().uuidString)", request, by: namesake).parsed
            #expect(impostor.issuer == certificate.issuer)
            let guarded = try await directory(pki.authority)
            let refusal = AccessDecision.Refusal.foreignURA(subject: impostor.subject, issuer: impostor.issuer)
            for _ in 0..<2 { #expect(guarded.decision(for: impostor) == .refused(refusal)) }
            #expect(refusal.reason == "foreign-ura")
            try await bench.register.add(certificates: [impostor], names: [], to: "ziekenhuis")
            try await guarded.refresh()
            #expect(guarded.decision(for: impostor) == .admitted(organisation), "its key is registered")
        }
    }

    @Test("a file of issuers without an authority is refused by name")
    func uraIssuersWithoutAuthority() throws {
        let file = try TestPKI.shared().hospital.certificate
        let error = #expect(throws: TrustError.self) { try CertificateIssuers(pemFile: file) }
        #expect(error?.description.contains("is no certificate authority") == true)
        #expect(error?.description.contains(file) == true)
    }

    @Test("the registered key decides before the URA in the certificate")
    func prefersKey() async throws {
        try await RegisterBench.with { bench async throws in
            let certificate = try TestPKI.shared().hospital.parsed
            try await bench.register.put(.sample("bij-ura", ura: TestPKI.ura), certificates: [])
            try await bench.register.put(.sample("bij-sleutel"), certificates: [certificate])
            try await bench.directory.refresh()
            #expect(bench.directory.decision(for: certificate) == .admitted(.sample("bij-sleutel")))
            try await bench.register.setStatus(.suspended, of: "bij-sleutel")
            try await bench.directory.refresh()
            #expect(
                bench.directory.decision(for: certificate) == .refused(.suspended(identifier: "bij-sleutel")),
                "no way around a suspension")
        }
    }

    @Test("a suspended organisation is refused and told so, by key and by URA")
    func refusesSuspended() async throws {
        try await RegisterBench.with { bench async throws in
            let pki = try TestPKI.shared()
            try await bench.register.put(
                .sample(ura: TestPKI.ura, status: .suspended), certificates: [try pki.careHome.parsed])
            try await bench.directory.refresh()
            let refusal = AccessDecision.Refusal.suspended(identifier: "ziekenhuis")
            #expect(bench.directory.decision(for: try pki.careHome.parsed) == .refused(refusal))
            #expect(bench.directory.decision(for: try pki.hospital.parsed) == .refused(refusal))
            #expect(refusal.reason == "suspended")
            #expect(refusal.explanation.contains("ziekenhuis"))
        }
    }

    @Test("a change is seen at the next refresh: suspension, removal of a certificate, removal of an organisation")
    func followsRevision() async throws {
        try await RegisterBench.with { bench async throws in
            let certificate = try TestPKI.shared().careHome.parsed
            try await bench.register.put(.sample(), certificates: [certificate])
            try await bench.directory.refresh()
            try await bench.register.setStatus(.suspended, of: "ziekenhuis")
            #expect(
                bench.directory.decision(for: certificate) == .admitted(.sample()), "the snapshot is the last one read")
            try await bench.directory.refresh()
            #expect(bench.directory.decision(for: certificate) == .refused(.suspended(identifier: "ziekenhuis")))
            try await bench.register.setStatus(.active, of: "ziekenhuis")
            try await bench.directory.refresh()
            #expect(bench.directory.decision(for: certificate) == .admitted(.sample()))
            _ = try await bench.client.query("delete from organisation_certificate")
            try await bench.directory.refresh()
            #expect(
                bench.directory.decision(for: certificate) == .refused(.notRegistered(subject: certificate.subject)))
            _ = try await bench.client.query("delete from organisation")
            try await bench.directory.refresh()
            #expect(bench.directory.count == 0)
        }
    }

    @Test("while nothing changes, a refresh reads one number and no table")
    func readsNumberAlone() async throws {
        try await RegisterBench.with { bench async throws in
            let certificate = try TestPKI.shared().careHome.parsed
            try await bench.register.put(.sample(), certificates: [certificate])
            try await bench.directory.refresh()
            // Without its tables a second reading would fail.
            _ = try await bench.client.query("alter table organisation rename to organisation_elsewhere")
            try await bench.directory.refresh()
            #expect(bench.directory.decision(for: certificate) == .admitted(.sample()))
        }
    }

    @Test("a database that is away leaves the last snapshot in force, and changes are seen when it is back")
    func survivesDatabase() async throws {
        let certificate = try TestPKI.shared().careHome.parsed
        try await TestTurns.databases.take {
            try await PostgresFixture.withDatabase { try await Self.outage($0, certificate) }
        }
    }

    private static func outage(_ conninfo: String, _ certificate: Certificate) async throws {
        var configuration = PostgresConfiguration(conninfo: conninfo)
        configuration.connectWait = .milliseconds(200)
        configuration.maximumBackoff = .milliseconds(100)
        configuration.shutdownWait = .seconds(5)
        try await PostgresFixture.withClient(configuration) { client in
            let bench = try await RegisterBench.make(client, refreshInterval: .milliseconds(30))
            try await bench.register.put(.sample(), certificates: [certificate])
            try await bench.directory.refresh()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await bench.directory.run() }
                let name = try await client.query("select current_database()").decode(String.self, row: 0, column: 0)
                try await Self.close(name)
                await #expect(throws: PostgresError.self) { try await bench.directory.refresh() }
                #expect(bench.directory.decision(for: certificate) == .admitted(.sample()))
                #expect(bench.directory.count == 1)

                try await Self.open(name)
                try await Self.eventually { try await bench.register.setStatus(.suspended, of: "ziekenhuis") }
                try await Self.eventually {
                    let decision = bench.directory.decision(for: certificate)
                    guard decision == .refused(.suspended(identifier: "ziekenhuis")) else { throw NotYet() }
                }
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }

    private struct NotYet: Error {}

    /// Tries until it works, for ten seconds.
    private static func eventually(_ body: () async throws -> Void) async throws {
        for _ in 0..<200 {
            do {
                return try await body()
            } catch {
                try await Task.sleep(for: .milliseconds(50))
            }
        }
        try await body()
    }

    /// Lets nobody into a database and ends who is in it.
    private static func close(_ database: String) async throws {
        try await PostgresFixture.withClient(PostgresConfiguration(conninfo: PostgresFixture.server())) { server in
            _ = try await server.query("alter database \(unescaped: database) with allow_connections false")
            _ = try await server.query(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = \(database)")
        }
    }

    private static func open(_ database: String) async throws {
        try await PostgresFixture.withClient(PostgresConfiguration(conninfo: PostgresFixture.server())) { server in
            _ = try await server.query("alter database \(unescaped: database) with allow_connections true")
        }
    }
}
