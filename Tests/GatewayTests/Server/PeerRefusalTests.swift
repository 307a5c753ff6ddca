import AccessControl
import Foundation
import Logging
import NIOCore
import NIOPosix
import PostgresKit
import SOAPKit
import Testing
import Trust
import XDSTesting

@testable import Gateway

@Suite("What a peer is told that may not come in")
struct PeerRefusalTests {
    private let pki: TestPKI
    private let material: TLSMaterialHolder
    /// Nobody is registered.
    private let directory: OrganisationDirectory

    init() throws {
        pki = try TestPKI.shared()
        material = try TLSMaterialHolder(TestServer.files(pki))
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        directory = OrganisationDirectory(
            client: PostgresClient(configuration: PostgresConfiguration(conninfo: "host=/nowhere"), logger: logger),
            refreshInterval: .seconds(1), logger: logger)
    }

    /// Why the hospital may not come in, after `responder` was asked, or without one.
    private func refusal(asking responder: String?) async throws -> PeerRefusal {
        let certificate = try Certificate.read(pemFile: pki.hospital.certificate)
        let check = PeerCheck(
            ocsp: responder.map { OCSPChecker(policy: .require, responder: $0, timeLimit: .seconds(10)) },
            threadPool: .singleton)
        // Found so long ago that it is not believed any more.
        let standing = try PeerStanding.found([certificate], with: material, at: .distantPast, check: check)
        let peer = try PeerIdentity.admitted(certificate, from: "192.0.2.7:9", connection: 1, standing: standing)
        switch await peer.organisation(in: directory) {
        case .success(let organisation): throw TestFailure("\(organisation.identifier) is let in")
        case .failure(let refusal): return refusal
        }
    }

    @Test("nobody's certificate: 403, and the connection stays, for it may be registered")
    func organisation() async throws {
        let refusal = try await refusal(asking: nil)
        #expect(refusal.reason == "not-registered")
        #expect(refusal.fault.httpStatus == 403)
        #expect(refusal.answer == refusal.explanation)
        #expect(!refusal.endsConnection)
    }

    @Test("a certificate that is not good: 403 with what is wrong, and the end of the connection")
    func certificate() async throws {
        try await TestHTTPServer.run(answer: { _, request in
            (200, try pki.ocspResponse(to: request, about: pki.hospital, .revoked))
        }) { address in
            let refusal = try await refusal(asking: address)
            #expect(refusal.reason == "revoked")
            #expect(refusal.fault.httpStatus == 403)
            #expect(refusal.answer.contains("was revoked by its issuer"))
            #expect(refusal.endsConnection)
        }
    }

    @Test(
        "what is lacking on this side is no fault of the peer's: 503, without who did not answer, and the connection stays"
    )
    func undetermined() async throws {
        try await TestHTTPServer.run(answer: { _, _ in (500, []) }) { address in
            let refusal = try await refusal(asking: address)
            #expect(refusal.reason == "status-unanswered")
            #expect(refusal.fault.httpStatus == 503)
            #expect(refusal.explanation.contains("HTTP 500"))
            #expect(!refusal.answer.contains("HTTP 500") && !refusal.answer.contains("127.0.0.1"))
            #expect(!refusal.endsConnection)
        }
    }
}
