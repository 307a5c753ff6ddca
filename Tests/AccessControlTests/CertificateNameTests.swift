import Testing
import Trust
import XDSTesting

@testable import AccessControl

@Suite("Certificates by issuer and serial number")
struct CertificateNameTests {
    @Test(
        "spaces around separators, colons and leading zeros do not matter",
        arguments: [
            ("CN=Test CA, O=Test, C=NL", "0a:1B:2c"), ("CN = Test CA,O=Test,C =NL", "A1B2C"),
            (" CN=Test CA,O=Test,C=NL ", "00 0A 1B 2C"),
        ])
    func normalizes(issuer: String, number: String) throws {
        let name = try CertificateName(issuer: issuer, serialNumber: number)
        #expect(name.issuer == "CN=Test CA,O=Test,C=NL")
        #expect(name.serialNumber == "0A1B2C")
    }

    @Test("an escaped separator or space is content")
    func escapes() throws {
        let name = try CertificateName(issuer: "CN=Zorg\\, Oost\\ , C=NL", serialNumber: "1")
        #expect(name.issuer == "CN=Zorg\\, Oost\\ ,C=NL")
        #expect(name.serialNumber == "01")
    }

    @Test(
        "an issuer without attributes, and a number that is not hexadecimal, are refused",
        arguments: ["", "12g4", "١٢"])
    func refuses(number: String) {
        #expect(throws: OrganisationRegisterError.self) { try CertificateName(issuer: "CN=x", serialNumber: number) }
        #expect(throws: OrganisationRegisterError.self) { try CertificateName(issuer: "Some CA", serialNumber: "12") }
    }

    @Test("what an administrator copies from openssl names the certificate itself")
    func fitsCertificates() throws {
        let certificate = try TestPKI.shared().careHome.parsed
        let name = try CertificateName(
            issuer: certificate.issuer.replacing(",", with: ", "), serialNumber: certificate.serialNumber.lowercased())
        #expect(name == CertificateName(certificate))
    }
}
