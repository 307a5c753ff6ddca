import Foundation
import Testing
import Trust
import XDSTesting

@Suite("Certificate facts")
struct CertificateTests {
    private let pki: TestPKI

    init() throws {
        pki = try TestPKI.shared()
    }

    @Test("names, serial number, validity and names of a UZI server certificate")
    func facts() throws {
        let certificate = try Certificate.read(pemFile: pki.hospital.certificate)
        #expect(
            certificate.subject
                == "serialNumber=900000001,CN=xds.ziekenhuis.example,O=Ziekenhuis Twentestad,C=NL")
        #expect(certificate.issuer == "CN=Test CA,O=Test,C=NL")
        #expect(certificate.serialNumber.count >= 16)
        #expect(certificate.notBefore < Date())
        #expect(certificate.notAfter > Date())
        #expect(certificate.dnsNames == ["xds.ziekenhuis.example"])
        #expect(certificate.otherNames == [TestPKI.uziName])
        #expect(certificate.serverURA == TestPKI.ura)
        #expect(certificate.keyUsage == .digitalSignature)
        #expect(certificate.extendedKeyUsage == .clientAuthentication)
        #expect(certificate.keyAlgorithm == "EC")
        #expect(certificate.keyBits == 256)
        #expect(!certificate.isAuthority)
        #expect(!certificate.isSelfIssued)
    }

    @Test("the SPKI digest is that of the public key in DER, the fingerprint that of the certificate")
    func digests() throws {
        let certificate = try Certificate.read(pemFile: pki.careHome.certificate)
        let spki = try OpenSSLTool.output([
            "sh", "-c",
            "openssl x509 -in '\(pki.careHome.certificate)' -noout -pubkey | openssl pkey -pubin -outform DER | sha256sum",
        ])
        #expect(spki.hasPrefix(certificate.spkiSHA256Hex))
        let fingerprint = try OpenSSLTool.output([
            "openssl", "x509", "-in", pki.careHome.certificate, "-noout", "-fingerprint", "-sha256",
        ])
        #expect(fingerprint.lowercased().replacing(":", with: "").contains(certificate.fingerprintHex))
    }

    @Test("a name in UTF-8 stays readable, control characters do not get through")
    func utf8Names() throws {
        let identity = try pki.issue("utf8", .init(subject: "/C=NL/O=Huisartsen Zwolle-\u{e9}\u{e9}n\u{7}/CN=a\\, b"))
        let certificate = try Certificate.read(pemFile: identity.certificate)
        #expect(certificate.subject == #"CN=a\, b,O=Huisartsen Zwolle-één\07,C=NL"#)
    }

    @Test("otherName 2.5.5.5 is taken in any of its string types", arguments: ["IA5STRING", "UTF8", "PRINTABLESTRING"])
    func stringTypes(type: String) throws {
        let identity = try pki.issue(
            "uzi-\(type)", .init(subject: "/CN=a", alternativeNames: "otherName:2.5.5.5;\(type):\(TestPKI.uziName)"))
        #expect(try Certificate.read(pemFile: identity.certificate).serverURA == TestPKI.ura)
    }

    @Test("otherName is picked by its type, not by its place")
    func picksByType() throws {
        let identity = try pki.issue(
            "upn",
            .init(
                subject: "/CN=a",
                alternativeNames: "otherName:1.3.6.1.4.1.311.20.2.3;UTF8:900000001@00010990,"
                    + "otherName:2.5.5.5;IA5STRING:\(TestPKI.uziName),DNS:a.example"))
        let certificate = try Certificate.read(pemFile: identity.certificate)
        #expect(certificate.otherNames == [TestPKI.uziName])
        #expect(certificate.serverURA == TestPKI.ura)
    }

    @Test("two different UZI names are ambiguous, a malformed one gives its reason, a card is no server")
    func unusableNames() throws {
        let other = TestPKI.uziName.replacing("00010990", with: "00010991")
        let two = try pki.issue(
            "uzi-two",
            .init(
                subject: "/CN=a",
                alternativeNames: "otherName:2.5.5.5;IA5STRING:\(TestPKI.uziName),otherName:2.5.5.5;IA5STRING:\(other)")
        )
        #expect(try Certificate.read(pemFile: two.certificate).uzi == .failure(.ambiguous))
        let malformed = try pki.issue(
            "uzi-bad", .init(subject: "/CN=a", alternativeNames: "otherName:2.5.5.5;UTF8:1-2"))
        let certificate = try Certificate.read(pemFile: malformed.certificate)
        #expect(certificate.uzi == .failure(.partCount(2)))
        #expect(certificate.serverURA == nil)
        let card = try pki.issue(
            "uzi-card",
            .init(
                subject: "/CN=a",
                alternativeNames:
                    "otherName:2.5.5.5;IA5STRING:2.16.528.1.1003.1.3.5.5.2-1-900000002-Z-90000001-01.015-00000000"))
        #expect(try Certificate.read(pemFile: card.certificate).serverURA == nil)
    }

    @Test("every byte of a certificate may be wrong: it is parsed or refused, and never traps")
    func survivesMutations() throws {
        let der = try pki.der(pki.hospital.certificate)
        var refused = 0
        for index in der.indices {
            for value in [UInt8(0), 0x7f, 0x80, 0xff, der[index] ^ 1] {
                var mutated = der
                mutated[index] = value
                do {
                    _ = try Certificate(der: mutated)
                } catch {
                    refused += 1
                }
            }
        }
        #expect(refused > 100)
        for count in 0..<der.count {
            #expect(throws: TrustError.self) { try Certificate(der: Array(der.prefix(count))) }
        }
        #expect(throws: TrustError.self) { try Certificate(der: der + [0]) }
        #expect(throws: TrustError.self) { try Certificate(der: Array(repeating: 0x30, count: 100_000)) }
    }

    @Test("a private key that is missing, encrypted or another certificate's is told apart")
    func privateKeys() throws {
        let certificate = try Certificate.read(pemFile: pki.server.certificate)
        #expect(throws: Never.self) { try Certificate.privateKeyBytes(pemFile: pki.server.key, for: certificate) }
        #expect(throws: TrustError.self) {
            try Certificate.privateKeyBytes(pemFile: pki.hospital.key, for: certificate)
        }
        let error = #expect(throws: TrustError.self) {
            try Certificate.privateKeyBytes(pemFile: pki.folder.path + "/absent.key", for: certificate)
        }
        #expect(error?.code == .unreadable)
        let encrypted = pki.folder.path + "/encrypted.key"
        _ = try OpenSSLTool.output([
            "openssl", "pkey", "-in", pki.server.key, "-aes128", "-passout", "pass:secret", "-out", encrypted,
        ])
        let locked = #expect(throws: TrustError.self) {
            try Certificate.privateKeyBytes(pemFile: encrypted, for: certificate)
        }
        #expect(locked?.code == .malformed)
    }
}

/// Runs a command and returns what it printed.
enum OpenSSLTool {
    static func output(_ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: data, as: UTF8.self)
    }
}
