import Foundation
import NIOCore
import NIOPosix
import Testing
import Trust
import XDSTesting

@testable import Gateway

@Suite("Whether the peer of an open connection is to be trusted still")
struct PeerStandingTests {
    private let pki: TestPKI
    private let material: TLSMaterialHolder

    init() throws {
        pki = try TestPKI.shared()
        material = try TLSMaterialHolder(TestServer.files(pki))
    }

    /// The standing of a peer that was found trusted at `time`.
    private func standing(of identity: TestPKI.Identity, at time: Date = Date()) throws -> PeerStanding {
        try .found(Certificate.readAll(pemFile: identity.chain), with: material, at: time)
    }

    /// Puts another list in force.
    private func read(_ list: String) throws {
        try material.replace(sources: TrustSources(anchors: [pki.authority.certificate], revocationLists: [list]))
    }

    @Test(
        "what the handshake found is believed for a minute, and again after each check; not when the clock was set back"
    )
    func time() async throws {
        let now = Date()
        let standing = try standing(of: pki.hospital, at: now)
        #expect(standing.isFresh(at: now))
        #expect(standing.isFresh(at: now + PeerStanding.believedFor - 1))
        #expect(!standing.isFresh(at: now + PeerStanding.believedFor))
        #expect(!standing.isFresh(at: now - 1))
        let later = now + PeerStanding.believedFor + 5
        #expect(await standing.refusal(at: later) == nil)
        #expect(standing.isFresh(at: later + PeerStanding.believedFor - 1))
        #expect(!standing.isFresh(at: later + PeerStanding.believedFor))
    }

    @Test("a certificate is not believed beyond its end, and is refused then")
    func end() async throws {
        let end = try Certificate.read(pemFile: pki.hospital.certificate).notAfter
        let standing = try standing(of: pki.hospital, at: end - 10)
        #expect(standing.isFresh(at: end - 1))
        #expect(!standing.isFresh(at: end))
        #expect(await standing.refusal(at: end + 1)?.word == "expired")
        #expect(!standing.isFresh(at: end + 1))
    }

    @Test(
        "lists that are read anew count at once: a peer on them is refused, another one is believed again",
        arguments: [true, false])
    func list(isRevoked: Bool) async throws {
        let standing = try standing(of: pki.hospital)
        #expect(standing.isFresh())
        try read(pki.revocationList("standing-\(isRevoked)", revoking: isRevoked ? [pki.hospital] : [], days: 5))
        #expect(!standing.isFresh())
        #expect(await standing.refusal()?.word == (isRevoked ? "revoked" : nil))
        #expect(standing.isFresh() == !isRevoked)
    }

    @Test("an authority that is taken away vouches for nobody any more")
    func authority() async throws {
        let standing = try standing(of: pki.hospital)
        try material.replace(sources: TrustSources(anchors: [pki.strangerAuthority.certificate], revocationLists: []))
        #expect(!standing.isFresh())
        #expect(await standing.refusal()?.word == "unknown-issuer")
    }

    @Test("a responder is asked where one is configured: its word counts, and its silence where an answer is needed")
    func responder() async throws {
        try await TestHTTPServer.run(answer: { path, request in
            guard path != "/silent" else { return (500, []) }
            return (200, try pki.ocspResponse(to: request, about: pki.hospital, path == "/good" ? .good : .revoked))
        }) { address in
            for (path, word) in [("/good", nil), ("/revoked", "revoked"), ("/silent", "status-unanswered")] {
                let ocsp = OCSPChecker(policy: .require, responder: address + path, timeLimit: .seconds(10))
                let standing = try PeerStanding.found(
                    [Certificate.read(pemFile: pki.hospital.certificate)], with: material,
                    check: PeerCheck(ocsp: ocsp, threadPool: .singleton))
                #expect(await standing.refusal()?.word == word)
            }
        }
    }

    @Test("the intermediates that a peer sent are part of what is checked")
    func intermediates() async throws {
        let standing = try standing(of: pki.underIntermediate)
        try read(pki.revocationList)
        #expect(await standing.refusal() == nil)
        let alone = try PeerStanding.found(
            [Certificate.read(pemFile: pki.underIntermediate.certificate)], with: material)
        #expect(await alone.refusal()?.word == "unknown-issuer")
    }

    @Test("a check that cannot run refuses")
    func stopping() async throws {
        let threads = NIOThreadPool(numberOfThreads: 1)
        threads.start()
        try await threads.shutdownGracefully()
        let standing = try PeerStanding.found(
            [Certificate.read(pemFile: pki.hospital.certificate)], with: material,
            check: PeerCheck(ocsp: nil, threadPool: threads))
        #expect(await standing.refusal()?.word == "check-unavailable")
    }
}

extension PeerStanding {
    /// The standing of a peer that was found trusted, of a connection that nobody made.
    static func found(
        _ chain: [Certificate], with material: TLSMaterialHolder, at time: Date = Date(),
        check: PeerCheck = MutualTLSConfiguration().check
    ) throws -> PeerStanding {
        PeerStanding(
            of: try #require(chain.first), intermediates: chain.dropFirst().map(\.der),
            foundWith: material.generation, at: time, material: material, check: check,
            eventLoop: MultiThreadedEventLoopGroup.singleton.any())
    }
}

extension PeerIdentity {
    /// A peer that was admitted with `certificate`, of a connection that nobody made.
    static func admitted(
        _ certificate: Certificate, from address: String, connection: UInt64, standing: PeerStanding? = nil
    ) throws -> PeerIdentity {
        PeerIdentity(
            certificate: certificate, remoteAddress: address, tlsVersion: "TLS 1.3", connection: connection,
            proof: .handshake,
            standing: try standing
                ?? .found([certificate], with: TLSMaterialHolder(TestServer.files(TestPKI.shared()))))
    }
}
