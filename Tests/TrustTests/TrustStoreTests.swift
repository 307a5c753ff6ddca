import Foundation
import Testing
import Trust
import XDSTesting

@Suite("Certificate path and revocation: RFC 5280, section 6")
struct TrustStoreTests {
    private let pki: TestPKI

    init() throws {
        pki = try TestPKI.shared()
    }

    private func store(
        lists: [String]? = nil, intermediates: [String] = [], policy: TrustPolicy = TrustPolicy()
    ) throws -> TrustStore {
        try TrustStore.load(
            TrustSources(
                anchors: [pki.authority.certificate], intermediates: intermediates,
                revocationLists: lists ?? [pki.revocationList]),
            policy: policy)
    }

    private func chain(_ identity: TestPKI.Identity) throws -> [[UInt8]] {
        try Certificate.readAll(pemFile: identity.chain).map(\.der)
    }

    private func refusal(
        _ identity: TestPKI.Identity, in store: TrustStore, at time: Date = Date()
    ) throws -> CertificateRefusal? {
        guard case .refused(let refusal) = store.verify(chain: try chain(identity), at: time) else { return nil }
        return refusal
    }

    @Test("a certificate of a trusted authority that is not on the list is trusted")
    func trusts() throws {
        guard case .trusted(let certificate) = try store().verify(chain: chain(pki.hospital)) else {
            Issue.record("refused")
            return
        }
        #expect(certificate.serverURA == TestPKI.ura)
    }

    @Test("an intermediate may come from the peer or from the store; without it the path is not found")
    func intermediates() throws {
        #expect(try refusal(pki.underIntermediate, in: store()) == nil)
        let leafOnly = try [pki.der(pki.underIntermediate.certificate)]
        guard case .refused(let refusal) = try store().verify(chain: leafOnly) else {
            Issue.record("trusted without its intermediate")
            return
        }
        #expect(refusal.reason == .unknownIssuer)
        #expect(refusal.sentence.contains("sent no intermediate"))
        guard case .trusted = try store(intermediates: [pki.intermediate.certificate]).verify(chain: leafOnly) else {
            Issue.record("refused with its intermediate in the store")
            return
        }
    }

    @Test("an intermediate is no anchor: a path has to end in a self-signed authority")
    func noPartialChain() throws {
        let error = #expect(throws: TrustError.self) {
            try TrustStore.load(TrustSources(anchors: [pki.intermediate.certificate]))
        }
        #expect(error?.code == .unsuitable)
    }

    @Test("a stranger's certificate is refused, naming who is trusted")
    func stranger() throws {
        let refusal = try #require(try refusal(pki.stranger, in: store()))
        #expect(refusal.reason == .unknownIssuer)
        #expect(refusal.sentence.contains("CN=Some Other CA"))
        #expect(refusal.sentence.contains("trusted here: CN=Test CA,O=Test,C=NL"))
        #expect(refusal.certificate?.serverURA == TestPKI.ura)
    }

    @Test("a self-signed certificate is refused as such")
    func selfSigned() throws {
        let identity = try pki.selfSigned("self-signed", .init(subject: "/C=NL/O=x/CN=self"))
        #expect(try refusal(identity, in: store())?.reason == .selfSigned)
    }

    @Test("an expired certificate is refused with its date")
    func expired() throws {
        let refusal = try #require(try refusal(pki.expired, in: store()))
        let date = try #require(refusal.certificate?.notAfter)
        #expect(refusal.reason == .expired(on: date))
        #expect(refusal.sentence.contains("it expired on \(date.formatted(.iso8601))"))
        #expect(refusal.sentence.contains("renewed"))
    }

    @Test("a certificate that is not yet valid is refused with its date")
    func notYetValid() throws {
        var request = TestPKI.Request(subject: "/CN=future")
        request.startDay = 5
        let refusal = try #require(try refusal(try pki.issue("future", request), in: store()))
        let date = try #require(refusal.certificate?.notBefore)
        #expect(refusal.reason == .notYetValid(from: date))
    }

    @Test("a revoked certificate is refused with date and reason of the list", arguments: RevocationPolicy.allCases)
    func revoked(policy: RevocationPolicy) throws {
        let refusal = try refusal(pki.revoked, in: store(policy: TrustPolicy(revocation: policy)))
        guard policy != .off else {
            #expect(refusal == nil)
            return
        }
        guard case .revoked(let date?, "keyCompromise")? = refusal?.reason else {
            Issue.record("reason is \(String(describing: refusal?.reason))")
            return
        }
        #expect(abs(date.timeIntervalSinceNow) < 3_600)
        #expect(refusal?.sentence.contains("revoked by its issuer") == true)
    }

    @Test("a list in DER, in a folder, counts as one in PEM")
    func listInFolder() throws {
        let file = try pki.revocationList("der-list", revoking: [pki.careHome], days: 5, form: .der)
        let folder = pki.folder.appendingPathComponent("lists")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: file, toPath: folder.path + "/a.crl")
        try Data("not a list".utf8).write(to: folder.appendingPathComponent("README.txt"))
        let store = try store(lists: [folder.path])
        #expect(store.revocationLists.map(\.count) == [1])
        guard case .revoked? = try refusal(pki.careHome, in: store)?.reason else {
            Issue.record("not refused")
            return
        }
    }

    @Test("without a list: required is refused, used-if-present is trusted")
    func missingList() throws {
        let require = try store(lists: [], policy: TrustPolicy(revocation: .requireList))
        #expect(try refusal(pki.hospital, in: require)?.reason == .revocationListMissing)
        #expect(try refusal(pki.hospital, in: store(lists: [])) == nil)
        // The list at hand is another authority's.
        let foreign = try pki.revocationList("foreign", of: pki.intermediate, revoking: [], days: 5)
        let other = try store(lists: [foreign], policy: TrustPolicy(revocation: .requireList))
        #expect(try refusal(pki.hospital, in: other)?.reason == .revocationListMissing)
    }

    @Test("a list past its nextUpdate: refused or still used, by policy; what it revokes stays revoked")
    func staleList() throws {
        let stale = try pki.revocationList("stale", revoking: [pki.revoked], days: -2)
        let refusing = try store(lists: [stale], policy: TrustPolicy(staleList: .refuse))
        guard case .revocationListStale(let since?)? = try refusal(pki.hospital, in: refusing)?.reason else {
            Issue.record("not refused for the stale list")
            return
        }
        #expect(abs(since.timeIntervalSinceNow + 2 * 86_400) < 3_600)
        let warning = try store(lists: [stale], policy: TrustPolicy(staleList: .warn))
        #expect(try refusal(pki.hospital, in: warning) == nil)
        #expect(warning.staleRevocationLists().map(\.file) == [stale])
        for store in [refusing, warning] {
            guard case .revoked? = try refusal(pki.revoked, in: store)?.reason else {
                Issue.record("not refused as revoked")
                return
            }
        }
        // Beside a fresh list of the same issuer it is no reason to worry.
        let both = try store(lists: [stale, pki.revocationList])
        #expect(both.staleRevocationLists().isEmpty)
        #expect(try refusal(pki.hospital, in: both) == nil)
    }

    @Test("everything that is wrong is told: expired, and its list is missing")
    func severalReasons() throws {
        let store = try store(lists: [], policy: TrustPolicy(revocation: .requireList))
        let refusal = try #require(try refusal(pki.expired, in: store))
        guard case .expired = refusal.reason else {
            Issue.record("main reason is \(refusal.reason)")
            return
        }
        #expect(refusal.further == [.revocationListMissing])
        #expect(refusal.sentence.contains("expired") && refusal.sentence.contains("not at hand"))
    }

    @Test(
        "RFC 5280, 6.1.3: a revoked authority between is refused by name; a list of another or none is no refusal",
        arguments: [RevocationPolicy.useListIfPresent, .requireList])
    func revokedAuthority(revocation: RevocationPolicy) throws {
        let policy = TrustPolicy(revocation: revocation)
        let below = try pki.revocationList("below-\(revocation)", of: pki.intermediate, revoking: [], days: 5)
        let above = try pki.revocationList("above-\(revocation)", revoking: [pki.intermediate], days: 5)
        let refusal = try #require(
            try refusal(pki.underIntermediate, in: store(lists: [below, above], policy: policy)))
        #expect(refusal.reason.word == "revoked")
        #expect(
            refusal.sentence.contains("its authority CN=Test Intermediate CA,O=Test,C=NL was revoked by its issuer"))
        #expect(refusal.sentence.contains("an authority that is not revoked is needed"))
        // The list of the leaf's issuer is enough.
        #expect(try self.refusal(pki.underIntermediate, in: store(lists: [below], policy: policy)) == nil)
        let whole = try store(lists: [below, pki.revocationList], policy: policy)
        #expect(try self.refusal(pki.underIntermediate, in: whole) == nil)
        // The list of the authority above does not stand in for it.
        let half = try store(lists: [pki.revocationList], policy: policy)
        let missing: CertificateRefusal.Reason? = revocation == .requireList ? .revocationListMissing : nil
        #expect(try self.refusal(pki.underIntermediate, in: half)?.reason == missing)
    }

    @Test("a list about an authority that is past its nextUpdate: refused or still used, by policy")
    func staleListOfAuthority() throws {
        let stale = try pki.revocationList("stale-above", revoking: [], days: -2)
        let refusing = try store(lists: [stale], policy: TrustPolicy(staleList: .refuse))
        let refusal = try #require(try refusal(pki.underIntermediate, in: refusing))
        #expect(refusal.reason.word == "revocation-list-stale")
        #expect(refusal.further.isEmpty)
        #expect(refusal.sentence.contains("the revocation list about its authority CN=Test Intermediate CA"))
        let warning = try store(lists: [stale], policy: TrustPolicy(staleList: .warn))
        #expect(try self.refusal(pki.underIntermediate, in: warning) == nil)
    }

    @Test("a list with a forged signature is not loaded")
    func forgedList() throws {
        let strangers = try pki.revocationList("forged", of: pki.strangerAuthority, revoking: [], days: 5)
        var impostor = try pki.selfSigned("impostor", .init(subject: "/C=NL/O=Test/CN=Test CA"))
        impostor.chain = impostor.certificate
        let forged = try pki.revocationList("forged-2", of: impostor, revoking: [], days: 5)
        // A list of an authority that is not known here does no harm and no good.
        #expect(throws: Never.self) { try store(lists: [strangers]) }
        let error = #expect(throws: TrustError.self) { try store(lists: [forged]) }
        #expect(error?.code == .unsuitable)
        #expect(error?.file == forged)
    }

    @Test("RFC 5280, 4.2: an unknown critical extension is refused, one that is not critical is ignored")
    func criticalExtension() throws {
        var request = TestPKI.Request(subject: "/CN=critical")
        request.extensions = ["2.999.1.2.3=critical,ASN1:UTF8String:whatever"]
        let refusal = try #require(try refusal(try pki.issue("critical", request), in: store()))
        #expect(refusal.reason == .unknownCriticalExtension)
        #expect(refusal.sentence.contains("critical extension"))
        request.extensions = ["2.999.1.2.3=ASN1:UTF8String:whatever"]
        #expect(try self.refusal(try pki.issue("uncritical", request), in: store()) == nil)
    }

    @Test("keyUsage without digitalSignature may not be used as a client")
    func keyUsage() throws {
        var request = TestPKI.Request(subject: "/CN=no-signature")
        request.extensions = ["keyUsage=critical,keyEncipherment"]
        let identity = try pki.issue("no-signature", request)
        let certificate = try Certificate.read(pemFile: identity.certificate)
        try #require(certificate.keyUsage == .keyEncipherment)
        #expect(try refusal(identity, in: store())?.reason == .wrongUsage)
    }

    @Test(
        "a broken otherName is a certificate without a UZI identity, and no crash",
        arguments: [
            "otherName:2.5.5.5;IA5STRING:2.16.528.1.1003.1.3.5.5.5-1-900000001-S-00010990-00.000",
            "otherName:2.5.5.5;IA5STRING:-------", "otherName:2.5.5.5;INTEGER:12", "otherName:2.5.5.5;OCT:00010990",
            "otherName:2.5.5.5;UTF8:2.16.528.1.1003.1.3.5.5.5-1-900000001-S-0001099\u{663}-00.000-00000000",
            "otherName:1.3.6.1.4.1.311.20.2.3;UTF8:900000001@00010990",
        ])
    func brokenOtherName(name: String) throws {
        let request = TestPKI.Request(subject: "/CN=broken", alternativeNames: name)
        let identity = try pki.issue("broken-\(UUID().uuidString)", request)
        guard case .trusted(let certificate) = try store().verify(chain: chain(identity)) else {
            Issue.record("refused")
            return
        }
        #expect(certificate.serverURA == nil)
    }

    @Test("two different UZI names are ambiguous, the same one twice is not")
    func ambiguousOtherNames() throws {
        let other = TestPKI.uziName.replacing(TestPKI.ura, with: "00010991")
        for (second, ura) in [(other, nil), (TestPKI.uziName, TestPKI.ura)] as [(String, String?)] {
            let request = TestPKI.Request(
                subject: "/CN=two",
                alternativeNames: "otherName:2.5.5.5;IA5STRING:\(TestPKI.uziName),otherName:2.5.5.5;UTF8:\(second)")
            let identity = try pki.issue("two-\(UUID().uuidString)", request)
            #expect(try Certificate.read(pemFile: identity.certificate).serverURA == ura)
        }
    }

    @Test("a server is checked for its use as a server, and by its name")
    func server() throws {
        let chain = try chain(pki.server)
        guard case .trusted(let certificate) = try store().verify(chain: chain, as: .server) else {
            Issue.record("refused")
            return
        }
        #expect(certificate.isFor(host: "localhost") && certificate.isFor(host: "127.0.0.1"))
        #expect(!certificate.isFor(host: "localhost.example") && !certificate.isFor(host: "127.0.0.2"))
        guard case .refused(let refusal) = try store().verify(chain: self.chain(pki.careHome), as: .server) else {
            Issue.record("a client is no server")
            return
        }
        #expect(refusal.reason == .wrongUsage)
    }

    @Test("a fetched list needs the signature of an authority here; a stranger's, a forged one and garbage are refused")
    func verifiedLists() throws {
        let store = try store()
        func bytes(_ file: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: file))) }
        let good = try store.verifiedLists(bytes(pki.revocationList), origin: "http://x")
        #expect(good.map(\.count) == [1])
        let strangers = try pki.revocationList("fetched-stranger", of: pki.strangerAuthority, revoking: [], days: 5)
        let impostor = try pki.selfSigned("impostor-3", .init(subject: "/C=NL/O=Test/CN=Test CA"))
        let forged = try pki.revocationList("fetched-forged", of: impostor, revoking: [], days: 5)
        for file in [strangers, forged] {
            let error = #expect(throws: TrustError.self) { try store.verifiedLists(bytes(file), origin: "http://x") }
            #expect(error?.code == .unsuitable)
        }
        #expect(throws: TrustError.self) { try store.verifiedLists(Array("<html>".utf8), origin: "http://x") }
        #expect(throws: TrustError.self) { try store.verifiedLists([0x30, 0x82], origin: "http://x") }
    }

    @Test("an older list never replaces a newer one that was in force; a newer one does")
    func olderList() throws {
        let newer = try pki.revocationList("newer", revoking: [pki.careHome], days: 5)
        let older = try pki.revocationList("older", revoking: [], days: -5)
        let policy = TrustPolicy(staleList: .warn)
        let before = try store(lists: [newer], policy: policy)
        let sources = TrustSources(anchors: [pki.authority.certificate], revocationLists: [older])
        let after = try TrustStore.load(sources, policy: policy, after: before)
        #expect(try refusal(pki.careHome, in: after)?.reason.word == "revoked")
        #expect(after.newestList(of: "CN=Test CA,O=Test,C=NL") == before.newestList(of: "CN=Test CA,O=Test,C=NL"))
        let restarted = try TrustStore.load(sources, policy: policy)
        let renewed = try TrustStore.load(
            TrustSources(anchors: [pki.authority.certificate], revocationLists: [newer]), policy: policy,
            after: restarted)
        #expect(renewed.revocationLists.count == 1)
        #expect(try refusal(pki.careHome, in: renewed)?.reason.word == "revoked")
        // Taking the lists away is the administrator's decision.
        let without = try TrustStore.load(
            TrustSources(anchors: [pki.authority.certificate]), policy: policy, after: before)
        #expect(without.revocationLists.isEmpty)
    }

    @Test("a certificate for servers only may not be used as a client")
    func wrongUsage() throws {
        let identity = try pki.issue("server-only", .init(subject: "/CN=server-only", extendedKeyUsage: "serverAuth"))
        let refusal = try #require(try refusal(identity, in: store()))
        #expect(refusal.reason == .wrongUsage)
        #expect(refusal.sentence.contains("clientAuth"))
    }

    @Test("without extendedKeyUsage a certificate may be used as a client")
    func noUsage() throws {
        let identity = try pki.issue("no-usage", .init(subject: "/CN=no-usage", extendedKeyUsage: nil))
        #expect(try refusal(identity, in: store()) == nil)
    }

    @Test("security level 2: RSA below 2048 bits is too weak, 2048 is enough")
    func weakKey() throws {
        var weak = TestPKI.Request(subject: "/CN=weak")
        weak.keyArguments = ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"]
        #expect(try refusal(try pki.issue("weak", weak), in: store())?.reason == .weakKey)
        weak.keyArguments = ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]
        #expect(try refusal(try pki.issue("rsa", weak), in: store()) == nil)
    }

    @Test("security level 2: a signature with SHA-1 is too weak")
    func weakSignature() throws {
        var request = TestPKI.Request(subject: "/CN=sha1")
        request.digest = "sha1"
        #expect(try refusal(try pki.issue("sha1", request), in: store())?.reason == .weakSignature)
    }

    @Test("a certificate issued by an end entity is refused")
    func issuerIsNoAuthority() throws {
        let identity = try pki.issue("under-client", .init(subject: "/CN=under-client"), by: pki.hospital)
        let chain = try [pki.der(identity.certificate), pki.der(pki.hospital.certificate)]
        guard case .refused(let refusal) = try store().verify(chain: chain) else {
            Issue.record("trusted")
            return
        }
        #expect(refusal.reason == .issuerIsNoAuthority)
    }

    @Test("an authority of the right name with another key vouches for nobody")
    func impostorAuthority() throws {
        let impostor = try pki.selfSigned("impostor-2", .init(subject: "/C=NL/O=Test/CN=Test CA"))
        let identity = try pki.issue("fooled", .init(subject: "/CN=fooled"), by: impostor)
        let refusal = try #require(try refusal(identity, in: store()))
        #expect([.unknownIssuer, .untrustedSignature].contains(refusal.reason))
        #expect(refusal.sentence.contains("another key"))
    }

    @Test("a chain that was found trusted is known until anything of it begins or ends, and to no other material")
    func knownClients() throws {
        let store = try store()
        let chain = try chain(pki.hospital)
        let leaf = try Certificate(der: chain[0])
        let now = Date()
        #expect(store.knownClient(chain: chain, at: now) == nil)
        guard case .trusted = store.verify(chain: chain, at: now) else {
            Issue.record("refused")
            return
        }
        #expect(store.knownClient(chain: chain, at: now)?.fingerprint == leaf.fingerprint)
        #expect(store.knownClient(chain: chain, at: now.addingTimeInterval(299)) != nil)
        #expect(store.knownClient(chain: chain, at: now.addingTimeInterval(301)) == nil)
        #expect(store.knownClient(chain: chain, at: now.addingTimeInterval(-1)) == nil)
        #expect(store.knownClient(chain: chain + chain, at: now) == nil)
        #expect(try self.store().knownClient(chain: chain, at: now) == nil)
        // Neither who is refused is known, nor a server.
        let stranger = try self.chain(pki.stranger)
        _ = store.verify(chain: stranger, at: now)
        #expect(store.knownClient(chain: stranger, at: now) == nil)
        let other = try self.store()
        let server = try self.chain(pki.server)
        guard case .trusted = other.verify(chain: server, as: .server, at: now),
            case .trusted = other.check(chain: chain, at: now, asking: .prefer).verdict
        else {
            Issue.record("refused")
            return
        }
        #expect(other.knownClient(chain: server, at: now) == nil)
        // A responder may be asked about it, and has not spoken.
        #expect(other.knownClient(chain: chain, at: now) == nil)
        // A list ends before the certificate does.
        let lists = try self.store(lists: [pki.revocationList("short", revoking: [], days: 1)])
        let end = try #require(lists.revocationLists.first?.nextUpdate)
        _ = lists.verify(chain: chain, at: end.addingTimeInterval(-60))
        #expect(lists.knownClient(chain: chain, at: end.addingTimeInterval(-1)) != nil)
        #expect(lists.knownClient(chain: chain, at: end) == nil)
        // A minute before its end.
        let late = leaf.notAfter.addingTimeInterval(-60)
        guard case .trusted = try self.store(lists: []).verify(chain: chain, at: late) else {
            Issue.record("refused a minute before its end")
            return
        }
        let fresh = try self.store(lists: [])
        _ = fresh.verify(chain: chain, at: late)
        #expect(fresh.knownClient(chain: chain, at: late.addingTimeInterval(59)) != nil)
        #expect(fresh.knownClient(chain: chain, at: leaf.notAfter) == nil)
    }

    @Test("no certificate, garbage, too many and too much are refused before OpenSSL builds anything")
    func hostileChains() throws {
        let store = try store()
        func reason(_ chain: [[UInt8]]) -> CertificateRefusal.Reason? {
            guard case .refused(let refusal) = store.verify(chain: chain) else { return nil }
            return refusal.reason
        }
        let leaf = try pki.der(pki.hospital.certificate)
        #expect(reason([]) == .noCertificate)
        #expect(reason([[]]) == .malformed)
        #expect(reason([[1, 2, 3]]) == .malformed)
        #expect(reason([leaf, [1, 2, 3]]) == .malformed)
        #expect(reason(Array(repeating: leaf, count: 11)) == .chainTooLong)
        #expect(reason([leaf, Array(repeating: 0, count: 200_000)]) == .chainTooLong)
        #expect(reason(Array(repeating: leaf, count: 10)) == nil)
    }

    @Test("a path with more intermediates than allowed is refused")
    func pathTooLong() throws {
        let store = try store(policy: TrustPolicy(maximumIntermediates: 0))
        let reason = try refusal(pki.underIntermediate, in: store)?.reason
        #expect(reason == .chainTooLong || reason == .unknownIssuer)
        #expect(try refusal(pki.hospital, in: store) == nil)
    }

    @Test("one store serves many threads at once")
    func concurrentChecks() async throws {
        let store = try store()
        let good = try chain(pki.hospital)
        let bad = try chain(pki.revoked)
        await withTaskGroup(of: Bool.self) { group in
            for index in 0..<200 {
                group.addTask {
                    switch store.verify(chain: index.isMultiple(of: 2) ? good : bad) {
                    case .trusted: index.isMultiple(of: 2)
                    case .refused(let refusal): refusal.reason.word == "revoked" && !index.isMultiple(of: 2)
                    }
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }

    @Test("files that cannot serve are named")
    func loadErrors() throws {
        let absent = pki.folder.path + "/absent.pem"
        let unreadable = #expect(throws: TrustError.self) { try TrustStore.load(TrustSources(anchors: [absent])) }
        #expect(unreadable?.description == "\(absent): cannot be read: No such file or directory")
        let leaf = #expect(throws: TrustError.self) {
            try TrustStore.load(TrustSources(anchors: [pki.hospital.certificate]))
        }
        #expect(leaf?.code == .unsuitable)
        #expect(leaf?.file == pki.hospital.certificate)
        let key = #expect(throws: TrustError.self) { try TrustStore.load(TrustSources(anchors: [pki.hospital.key])) }
        #expect(key?.code == .empty)
        let list = #expect(throws: TrustError.self) { try store(lists: [pki.hospital.certificate]) }
        #expect(list?.code == .empty)
        let folder = #expect(throws: TrustError.self) { try store(lists: [absent]) }
        #expect(folder?.code == .unreadable)
    }

    @Test("a PEM file that is cut off in the middle is not half used")
    func damagedFile() throws {
        let whole = try String(contentsOfFile: pki.authority.certificate, encoding: .utf8)
        let file = pki.folder.path + "/damaged.pem"
        try (whole + whole.prefix(whole.count / 2)).write(toFile: file, atomically: true, encoding: .utf8)
        let error = #expect(throws: TrustError.self) { try TrustStore.load(TrustSources(anchors: [file])) }
        #expect(error?.code == .malformed)
    }
}
