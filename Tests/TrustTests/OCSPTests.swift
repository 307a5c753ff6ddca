import Foundation
import Testing
import Trust
import XDSTesting

@Suite("Status by OCSP: RFC 6960")
struct OCSPTests {
    private let pki: TestPKI

    init() throws {
        pki = try TestPKI.shared()
    }

    private func store(
        lists: [String] = [], policy: TrustPolicy = TrustPolicy()
    ) throws -> TrustStore {
        try TrustStore.load(
            TrustSources(anchors: [pki.authority.certificate], revocationLists: lists), policy: policy)
    }

    private func check(
        _ identity: TestPKI.Identity, in store: TrustStore, asking policy: OCSPPolicy = .prefer
    ) throws -> CertificateCheck {
        store.check(chain: try Certificate.readAll(pemFile: identity.chain).map(\.der), asking: policy)
    }

    private func query(_ identity: TestPKI.Identity) throws -> OCSPQuery {
        try #require(try check(identity, in: store()).query)
    }

    private func reason(_ verdict: CertificateVerdict) -> String? {
        if case .refused(let refusal) = verdict { refusal.reason.word } else { nil }
    }

    @Test("a good answer of the authority, or of a responder it appointed, is believed until its nextUpdate")
    func good() throws {
        let query = try query(pki.hospital)
        let appointed = try pki.issue("ocsp-signer", .init(subject: "/CN=responder", extendedKeyUsage: "OCSPSigning"))
        for signer in [pki.authority, appointed] {
            let response = try pki.ocspResponse(
                to: query.request, about: pki.hospital, .good, signer: signer, minutes: 90)
            guard case .good(let until) = query.status(from: response) else {
                Issue.record("not good: \(query.status(from: response))")
                return
            }
            #expect(abs(until.timeIntervalSinceNow - 90 * 60) < 120)
        }
    }

    @Test("revoked, with date and reason")
    func revoked() throws {
        let query = try query(pki.hospital)
        let response = try pki.ocspResponse(to: query.request, about: pki.hospital, .revoked)
        guard case .revoked(let date?, "keyCompromise", _) = query.status(from: response) else {
            Issue.record("not revoked: \(query.status(from: response))")
            return
        }
        #expect(date.formatted(.iso8601) == "2025-01-01T00:00:00Z")
    }

    @Test("an answer signed by whom the issuer did not appoint proves nothing")
    func lying() throws {
        let query = try query(pki.hospital)
        let client = try pki.issue("ocsp-liar", .init(subject: "/CN=liar"))
        for signer in [pki.strangerAuthority, client] {
            let response = try pki.ocspResponse(to: query.request, about: pki.hospital, .good, signer: signer)
            guard case .unanswered(let why) = query.status(from: response) else {
                Issue.record("believed")
                return
            }
            #expect(why.contains("signed"))
        }
    }

    @Test("unknown certificates, answers about others, answers out of time, errors and garbage prove nothing")
    func unanswered() throws {
        let query = try query(pki.hospital)
        func why(_ response: [UInt8], at time: Date = Date()) -> String? {
            if case .unanswered(let why) = query.status(from: response, at: time) { why } else { nil }
        }
        #expect(
            why(try pki.ocspResponse(to: query.request, about: pki.hospital, .unknown))?.contains("not know") == true)
        let other = try self.query(pki.careHome)
        let others = try pki.ocspResponse(to: other.request, about: pki.careHome, .good)
        #expect(why(others)?.contains("another certificate") == true)
        let good = try pki.ocspResponse(to: query.request, about: pki.hospital, .good, minutes: 60)
        #expect(why(good, at: Date() + 7_200)?.contains("out of date") == true)
        #expect(why(good, at: Date() - 7_200)?.contains("not in force") == true)
        #expect(why([]) != nil)
        #expect(why(Array("<html>".utf8))?.contains("no OCSP response") == true)
        // OCSPResponse with responseStatus tryLater.
        #expect(why([0x30, 3, 0x0A, 1, 3])?.contains("try later") == true)
        for length in stride(from: 0, to: good.count, by: 7) { #expect(why(Array(good.prefix(length))) != nil) }
    }

    @Test("nothing is asked about a certificate that is refused anyway, nor when OCSP is off")
    func asksOnlyWhereItMatters() throws {
        #expect(try check(pki.expired, in: store()).query == nil)
        #expect(try check(pki.stranger, in: store()).query == nil)
        #expect(try check(pki.revoked, in: store(lists: [pki.revocationList])).query == nil)
        #expect(try check(pki.hospital, in: store(), asking: .off).query == nil)
    }

    @Test(
        "list and responder together: who says revoked wins, a good answer stands in for a list, silence leaves the list"
    )
    func together() throws {
        let later = Date() + 60
        let require = TrustPolicy(revocation: .requireList)
        let bare = try check(pki.hospital, in: store(policy: require))
        #expect(reason(bare.verdict) == "revocation-list-missing")
        #expect(reason(bare.verdict(with: .good(until: later), policy: .prefer)) == nil)
        #expect(reason(bare.verdict(with: .unanswered("is away"), policy: .prefer)) == "revocation-list-missing")
        #expect(reason(bare.verdict(with: .unanswered("is away"), policy: .require)) == "revocation-list-missing")
        let listed = try check(pki.hospital, in: store(lists: [pki.revocationList], policy: require))
        #expect(reason(listed.verdict) == nil)
        #expect(reason(listed.verdict(with: .unanswered("is away"), policy: .prefer)) == nil)
        let needed = listed.verdict(with: .unanswered("is away"), policy: .require)
        #expect(reason(needed) == "status-unanswered")
        if case .refused(let refusal) = needed { #expect(refusal.sentence.contains("the OCSP responder is away")) }
        let revoked = listed.verdict(with: .revoked(at: nil, reason: nil, until: later), policy: .prefer)
        #expect(reason(revoked) == "revoked")
    }

    @Test("a responder speaks for one certificate: it mends no list about an authority, and no revoked one")
    func authorities() throws {
        let require = TrustPolicy(revocation: .requireList)
        let bare = try check(pki.underIntermediate, in: store(lists: [pki.revocationList], policy: require))
        #expect(reason(bare.verdict) == "revocation-list-missing")
        #expect(reason(bare.verdict(with: .good(until: Date() + 60), policy: .prefer)) == nil)
        let revoked = try pki.revocationList("ocsp-revoked", revoking: [pki.intermediate], days: 5)
        let stale = try pki.revocationList("ocsp-stale", revoking: [], days: -2)
        for (list, word) in [(revoked, "revoked"), (stale, "revocation-list-stale")] {
            let check = try check(pki.underIntermediate, in: store(lists: [list], policy: require))
            #expect(check.query == nil)
            guard case .refused(let refusal) = check.verdict(with: .good(until: Date() + 60), policy: .prefer) else {
                Issue.record("excused: \(word)")
                continue
            }
            #expect(([refusal.reason] + refusal.further).map(\.word).contains(word))
        }
        // The list of an anchor is the one of the certificate itself here.
        let direct = try check(pki.hospital, in: store(lists: [stale]))
        #expect(reason(direct.verdict) == "revocation-list-stale")
        #expect(reason(direct.verdict(with: .good(until: Date() + 60), policy: .prefer)) == nil)
    }

    @Test("the addresses of responder and lists are read, HTTP ones only")
    func addresses() throws {
        var request = TestPKI.Request(subject: "/CN=located")
        request.extensions = [
            "authorityInfoAccess=caIssuers;URI:http://a.example/ca,OCSP;URI:http://ocsp.example/x,OCSP;URI:ldap://b",
            "crlDistributionPoints=URI:http://crl.example/1.crl,URI:ldap://c,URI:https://crl.example/2.crl",
        ]
        let certificate = try Certificate.read(pemFile: try pki.issue("located", request).certificate)
        #expect(certificate.ocspURLs == ["http://ocsp.example/x"])
        #expect(certificate.revocationListURLs == ["http://crl.example/1.crl", "https://crl.example/2.crl"])
        let plain = try Certificate.read(pemFile: pki.careHome.certificate)
        #expect(plain.ocspURLs.isEmpty && plain.revocationListURLs.isEmpty)
    }
}
