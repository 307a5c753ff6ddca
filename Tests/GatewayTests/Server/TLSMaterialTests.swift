import Foundation
import NIOCore
import Testing
import Trust
import XDSTesting

@testable import Gateway

@Suite("TLS material of the front door")
struct TLSMaterialTests {
    private let pki: TestPKI
    private var files: TLSMaterialFiles

    init() throws {
        pki = try TestPKI.shared()
        files = TestServer.files(pki)
    }

    @Test("files that fit together are loaded")
    func loads() throws {
        let material = try TLSMaterial.load(files)
        #expect(material.serverCertificate.dnsNames == ["localhost"])
        #expect(material.trustStore.revocationLists.count == 1)
    }

    @Test("every problem is told at once, each with its key and file")
    func tellsEverything() {
        var files = files
        files.certificate = "/absent/server.pem"
        files.key = "/absent/server.key"
        files.trustAnchors = pki.hospital.certificate
        let error = #expect(throws: TLSMaterialError.self) { try TLSMaterial.load(files) }
        #expect(
            error?.problems.prefix(2) == [
                "server.certificate: /absent/server.pem: cannot be read: No such file or directory",
                "server.key: /absent/server.key: cannot be read: No such file or directory",
            ])
        #expect(error?.problems.count == 3)
        #expect(error?.problems.last?.contains(pki.hospital.certificate) == true)
    }

    @Test("a key of another certificate is told")
    func wrongKey() {
        var files = files
        files.key = pki.hospital.key
        let error = #expect(throws: TLSMaterialError.self) { try TLSMaterial.load(files) }
        #expect(error?.problems.count == 1)
        #expect(
            error?.description.hasPrefix("server.key: \(pki.hospital.key): the private key does not belong") == true)
    }

    @Test("a reload that fails leaves the old material in force")
    func failedReload() throws {
        let own = try TestPKI()
        let holder = try TLSMaterialHolder(TestServer.files(own))
        let before = holder.current.serverCertificate
        try FileManager.default.removeItem(atPath: own.server.key)
        #expect(throws: TLSMaterialError.self) { try holder.reload() }
        #expect(holder.current.serverCertificate == before)
    }
}

@Suite("Rate of log lines about failed handshakes")
struct MutualTLSLogLimiterTests {
    private func second(_ seconds: Int64) -> NIODeadline { .uptimeNanoseconds(1) + .seconds(seconds) }

    @Test("one line a minute for a key, telling how many were held back")
    func limits() {
        let limiter = MutualTLSLogLimiter(interval: .seconds(60))
        #expect(limiter.admit("a", now: second(0)) == .init())
        #expect(limiter.admit("a", now: second(1)) == nil)
        #expect(limiter.admit("a", now: second(59)) == nil)
        #expect(limiter.admit("b", now: second(59)) == .init())
        #expect(limiter.admit("a", now: second(60)) == .init(out: 2))
    }

    @Test("the memory is bounded: a flood of keys is counted, and old keys make room and tell what they held back")
    func bounded() {
        let limiter = MutualTLSLogLimiter(interval: .seconds(60), maximumKeys: 2)
        #expect(limiter.admit("a", now: second(0)) == .init())
        #expect(limiter.admit("b", now: second(1)) == .init())
        #expect(limiter.admit("a", now: second(2)) == nil)
        #expect(limiter.admit("c", now: second(2)) == nil)
        #expect(limiter.admit("d", now: second(59)) == nil)
        #expect(limiter.admit("c", now: second(60)) == .init(outOfOthers: 3))
        #expect(limiter.admit("b", now: second(61)) == .init())
    }

    @Test("a million failures of a million peers are at most a thousand lines a minute, and none is forgotten")
    func million() {
        let limiter = MutualTLSLogLimiter()
        var lines = 0
        var told = 0
        for number in 0..<1_000_000 {
            // A quarter of an hour.
            let time = NIODeadline.uptimeNanoseconds(1) + .microseconds(Int64(number) * 900)
            guard let left = limiter.admit("10.0.\(number / 256).\(number % 256) expired", now: time) else { continue }
            lines += 1
            told += 1 + left.out + left.outOfOthers
        }
        #expect(lines <= 16_000)
        #expect(lines >= 14_000)
        #expect(told > 900_000)
    }
}
