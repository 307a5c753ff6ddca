import Foundation
import Logging
import NIOCore
import Synchronization
import Testing
import Trust
import XDSTesting

@testable import Gateway

@Suite("Revocation lists fetched over HTTP")
struct RevocationListFetcherTests {
    private static let issuer = "CN=Test CA,O=Test,C=NL"

    private let pki: TestPKI
    private let folder: String

    init() throws {
        pki = try TestPKI.shared()
        folder = pki.folder.appendingPathComponent("fetched-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    private func fetcher(_ addresses: String = "") throws -> RevocationListFetcher {
        var files = TestServer.files(pki)
        files.revocationLists = nil
        files.fetchedLists = folder
        return RevocationListFetcher(
            addresses: RevocationListAddresses(configured: addresses), folder: folder, interval: .seconds(3_600),
            holder: try TLSMaterialHolder(files), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            metrics: MetricsRegistry())
    }

    private static func bytes(_ file: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
    }

    private func isRevoked(_ identity: TestPKI.Identity, in fetcher: RevocationListFetcher) throws -> Bool {
        let chain = try Certificate.readAll(pemFile: identity.chain).map(\.der)
        guard case .refused(let refusal) = fetcher.holder.current.trustStore.verify(chain: chain) else { return false }
        return refusal.reason.word == "revoked"
    }

    @Test("a good list is in force at once, kept on disk, and read again by the next start")
    func fetches() async throws {
        let list = try Self.bytes(try pki.revocationList("fetch-good", revoking: [pki.careHome], days: 5, form: .der))
        try await TestHTTPServer.run(answer: { _, _ in (200, list) }) { address in
            let fetcher = try fetcher()
            #expect(try !isRevoked(pki.careHome, in: fetcher))
            #expect(try await fetcher.fetch(address + "/ca.crl") == .fresh)
            #expect(try isRevoked(pki.careHome, in: fetcher))
            #expect(try await fetcher.fetch(address + "/ca.crl") == .unchanged)
            #expect(try isRevoked(pki.careHome, in: try self.fetcher()))
        }
    }

    @Test("a forged list, a stranger's, garbage, an error and an older list leave the good one in force and on disk")
    func keepsLastGood() async throws {
        let good = try Self.bytes(try pki.revocationList("fetch-kept", revoking: [pki.careHome], days: 5))
        let impostor = try pki.selfSigned("impostor-fetch", .init(subject: "/C=NL/O=Test/CN=Test CA"))
        let bad: [[UInt8]] = try [
            Self.bytes(pki.revocationList("fetch-forged", of: impostor, revoking: [], days: 6)),
            Self.bytes(pki.revocationList("fetch-strange", of: pki.strangerAuthority, revoking: [], days: 6)),
            Self.bytes(pki.revocationList("fetch-older", revoking: [], days: -3)), Array("<html>".utf8), [],
            [0x30, 0x80],
        ]
        let number = Atomic<Int>(-1)
        try await TestHTTPServer.run(answer: { path, _ in
            if path == "/missing" { return (404, good) }
            let index = number.load(ordering: .relaxed)
            return (200, index < 0 ? good : bad[index])
        }) { address in
            let fetcher = try fetcher()
            _ = try await fetcher.fetch(address + "/ca.crl")
            let file = RevocationListFetcher.file(of: address + "/ca.crl", in: folder)
            for index in bad.indices {
                number.store(index, ordering: .relaxed)
                await #expect(throws: (any Error).self) { try await fetcher.fetch(address + "/ca.crl") }
                #expect(try isRevoked(pki.careHome, in: fetcher))
                #expect(try Self.bytes(file) == good)
            }
            await #expect(throws: RevocationListFetcher.Refused.self) { try await fetcher.fetch(address + "/missing") }
        }
    }

    @Test("the service fetches every address, and those that certificates name once a peer came with one")
    func service() async throws {
        let list = try Self.bytes(try pki.revocationList("fetch-service", revoking: [pki.careHome], days: 5))
        try await TestHTTPServer.run(answer: { _, _ in (200, list) }) { address in
            let fetcher = try fetcher("certificates")
            var request = TestPKI.Request(subject: "/CN=points")
            request.extensions = ["crlDistributionPoints=URI:\(address)/from-certificate.crl"]
            let certificate = try Certificate.read(pemFile: try pki.issue("points", request).certificate)
            #expect(fetcher.addresses.all.isEmpty)
            let peer = try PeerIdentity.admitted(certificate, from: "x", connection: 1)
            fetcher.addresses.note(.admitted(peer))
            fetcher.addresses.note(.admitted(peer))
            #expect(fetcher.addresses.all == [address + "/from-certificate.crl"])
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await fetcher.run() }
                #expect(try await eventually { (try? self.isRevoked(self.pki.careHome, in: fetcher)) == true })
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }

    @Test("addresses are configured by words; those in certificates only when that is said")
    func addresses() {
        let configured = RevocationListAddresses(configured: "http://a/1.crl  http://b/2.crl")
        #expect(configured.all == ["http://a/1.crl", "http://b/2.crl"])
        #expect(
            RevocationListFetcher.file(of: "http://a/1.crl", in: "/x")
                != RevocationListFetcher.file(of: "http://a/1-crl", in: "/x"))
    }
}
