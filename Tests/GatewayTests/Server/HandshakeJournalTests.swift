import AccessControl
import Foundation
import Logging
import PostgresKit
import Schemas
import Testing
import Trust
import XDSTesting

@testable import Gateway

@Suite("The latest handshakes of every address")
struct HandshakeJournalTests {
    private static func with(
        limit: Int = 100, _ body: (HandshakeJournal, HandshakeRegister) async throws -> Void
    ) async throws {
        try await TestTurns.databases.take {
            try await PostgresFixture.withClient { client in
                try await Migrator(
                    migrations: Schemas.migrations.map(Migration.init), client: client,
                    logger: PostgresFixture.silentLogger
                ).migrate()
                let register = HandshakeRegister(client: client, limit: limit)
                let journal = HandshakeJournal(
                    register: register, interval: .seconds(600), logger: PostgresFixture.silentLogger)
                try await body(journal, register)
            }
        }
    }

    private static let noon = Date(timeIntervalSince1970: 1_790_000_000)

    @Test("a failure and a success of one address stand side by side, counts add up over writings")
    func adds() async throws {
        try await Self.with { journal, register in
            for second in 0..<3 {
                journal.note(
                    .failed(.overloaded, address: "192.0.2.7:\(4_000 + second)", connection: 1),
                    at: Self.noon.addingTimeInterval(Double(second)))
            }
            await journal.write()
            let first = try #require(try await register.latest(address: "192.0.2.7").first)
            #expect(first.failed == 3 && first.accepted == 0 && first.acceptance == nil)
            #expect(first.failure?.at == Self.noon.addingTimeInterval(2))
            #expect(first.failure?.explanation == MutualTLSFailure.overloaded.sentence)
            let certificate = try Certificate.hospital
            let peer = try PeerIdentity.admitted(certificate, from: "192.0.2.7:9", connection: 2)
            journal.note(.admitted(peer), at: Self.noon.addingTimeInterval(60))
            await journal.write()
            let second = try #require(try await register.latest(address: "192.0.2.7").first)
            #expect(second.failed == 3 && second.accepted == 1)
            #expect(second.acceptance?.certificate == certificate.subject)
            #expect(second.failure == first.failure)
            #expect(second.lastAt == Self.noon.addingTimeInterval(60))
        }
    }

    @Test("the newest come first, and the rows are bounded: the longest silence goes")
    func bounded() async throws {
        try await Self.with(limit: 3) { journal, register in
            for number in 0..<5 {
                journal.note(
                    .failed(.disconnected, address: "[2001:db8::\(number)]:443", connection: 1),
                    at: Self.noon.addingTimeInterval(Double(number)))
            }
            await journal.write()
            let rows = try await register.latest()
            #expect(rows.map(\.address) == ["2001:db8::4", "2001:db8::3", "2001:db8::2"])
            #expect(try await register.latest(count: 1).count == 1)
            #expect(try await register.latest(address: "2001:db8::1").isEmpty)
        }
    }

    @Test("a flood of addresses between two writings is counted and not kept")
    func flood() async throws {
        try await Self.with(limit: 10_000) { journal, register in
            for number in 0..<(HandshakeJournal.maximumAddresses + 5) {
                journal.note(.failed(.disconnected, address: "10.0.\(number / 256).\(number % 256):1", connection: 1))
            }
            #expect(journal.omitted == 5)
            await journal.write()
            let rows = try await register.latest(count: 100_000)
            #expect(rows.count == HandshakeJournal.maximumAddresses)
        }
    }

    @Test(
        "an address stands without its port",
        arguments: [("192.0.2.1:80", "192.0.2.1"), ("[::1]:8443", "::1"), ("unknown", "unknown")])
    func hosts(peer: String, host: String) {
        #expect(HandshakeJournal.host(of: peer) == host)
    }
}

extension Certificate {
    fileprivate static var hospital: Certificate {
        get throws { try Certificate.read(pemFile: TestPKI.shared().hospital.certificate) }
    }
}
