import Foundation

extension TestPKI {
    /// What a responder knows about a certificate.
    public enum KnownStatus: String, Sendable {
        case good = "V"
        case revoked = "R"
        case unknown = ""
    }

    /// Answers an OCSP request with the `openssl` tool, as a responder would.
    /// - Parameters:
    ///   - request: DER of the OCSPRequest.
    ///   - subject: the certificate that the responder knows.
    ///   - signer: who signs; the authority itself by default.
    ///   - minutes: until nextUpdate.
    /// - Returns: DER of the OCSPResponse.
    public func ocspResponse(
        to request: [UInt8], about subject: Identity, _ status: KnownStatus, signer: Identity? = nil, minutes: Int = 60
    ) throws -> [UInt8] {
        let maker = TestPKIMaker(folder: folder)
        let name = "ocsp-\(UUID().uuidString)"
        let serial = try maker.run(["x509", "-in", subject.certificate, "-noout", "-serial"])
            .replacing("serial=", with: "").trimmingCharacters(in: .whitespacesAndNewlines)
        let revokedAt = status == .revoked ? "250101000000Z,keyCompromise" : ""
        let line = "\(status.rawValue)\t390101000000Z\t\(revokedAt)\t\(serial)\tunknown\t/CN=subject\n"
        try Data((status == .unknown ? "" : line).utf8).write(to: folder.appendingPathComponent("\(name).index"))
        try Data(request).write(to: folder.appendingPathComponent("\(name).req"))
        let signer = signer ?? authority
        try maker.run([
            "ocsp", "-index", maker.path("\(name).index"), "-CA", authority.certificate, "-rsigner", signer.certificate,
            "-rkey", signer.key, "-reqin", maker.path("\(name).req"), "-respout", maker.path("\(name).resp"), "-nmin",
            "\(minutes)",
        ])
        return [UInt8](try Data(contentsOf: folder.appendingPathComponent("\(name).resp")))
    }
}
