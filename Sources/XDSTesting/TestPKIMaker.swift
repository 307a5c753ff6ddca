import Foundation

/// Runs the `openssl` tool for ``TestPKI``.
struct TestPKIMaker {
    let folder: URL

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    /// An authority, self-signed or signed by another.
    func authority(_ name: String, commonName: String, parent: TestPKI.Identity?) throws -> TestPKI.Identity {
        try newKey(name, ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"])
        let extensions = """
            basicConstraints=critical,CA:TRUE
            keyUsage=critical,keyCertSign,cRLSign
            subjectKeyIdentifier=hash
            """
        return try sign(
            name, subject: "/C=NL/O=Test/CN=\(commonName)", extensions: extensions, days: (-1, 3_650), digest: "sha256",
            by: parent)
    }

    /// An end-entity certificate.
    func issue(_ name: String, _ request: TestPKI.Request, by issuer: TestPKI.Identity?) throws -> TestPKI.Identity {
        try newKey(name, request.keyArguments)
        var extensions = """
            basicConstraints=critical,CA:FALSE
            keyUsage=critical,digitalSignature
            subjectKeyIdentifier=hash
            """
        if let usage = request.extendedKeyUsage { extensions += "\nextendedKeyUsage=\(usage)" }
        if let names = request.alternativeNames { extensions += "\nsubjectAltName=\(names)" }
        for more in request.extensions { extensions += "\n" + more }
        return try sign(
            name, subject: request.subject, extensions: extensions, days: (request.startDay, request.endDay),
            digest: request.digest, by: issuer)
    }

    /// A revocation list, made by `openssl ca` with a book of its own.
    func revocationList(
        _ name: String, of issuer: TestPKI.Identity, revoking: [TestPKI.Identity], days: Int
    ) throws -> String {
        try Data().write(to: folder.appendingPathComponent("\(name).index"))
        try Data("01\n".utf8).write(to: folder.appendingPathComponent("\(name).number"))
        try write(
            "\(name).cnf",
            """
            [ca]
            default_ca=a
            [a]
            database=\(path("\(name).index"))
            crlnumber=\(path("\(name).number"))
            certificate=\(issuer.certificate)
            private_key=\(issuer.key)
            default_md=sha256
            unique_subject=no
            crl_extensions=e
            [e]
            authorityKeyIdentifier=keyid:always
            """)
        let configuration = ["-config", path("\(name).cnf")]
        for identity in revoking {
            try run(["ca"] + configuration + ["-revoke", identity.certificate, "-crl_reason", "keyCompromise"])
        }
        let file = path("\(name).pem")
        try run(
            ["ca"] + configuration + [
                "-gencrl", "-crl_lastupdate", Self.instant(days: min(-1, days - 1)), "-crl_nextupdate",
                Self.instant(days: days), "-out", file,
            ])
        return file
    }

    /// Several PEM files in one.
    func join(_ name: String, _ files: String...) throws -> String {
        var bytes = Data()
        for file in files { bytes += try Data(contentsOf: URL(fileURLWithPath: file)) }
        try bytes.write(to: folder.appendingPathComponent("\(name).pem"))
        return path("\(name).pem")
    }

    func der(ofCertificate file: String) throws -> [UInt8] {
        try run(["x509", "-in", file, "-outform", "DER", "-out", file + ".der"])
        return [UInt8](try Data(contentsOf: URL(fileURLWithPath: file + ".der")))
    }

    func der(ofList file: String) throws -> String {
        try run(["crl", "-in", file, "-outform", "DER", "-out", file + ".crl"])
        return file + ".crl"
    }

    private func newKey(_ name: String, _ arguments: [String]) throws {
        try run(["genpkey"] + arguments + ["-out", path("\(name).key")])
    }

    /// `openssl ca` is the tool of OpenSSL 3.0 that takes both ends of the validity.
    private func sign(
        _ name: String, subject: String, extensions: String, days: (start: Int, end: Int), digest: String,
        by issuer: TestPKI.Identity?
    ) throws -> TestPKI.Identity {
        let identity = TestPKI.Identity(
            certificate: path("\(name).pem"), key: path("\(name).key"), chain: path("\(name).pem"))
        try Data().write(to: folder.appendingPathComponent("\(name).index"))
        try write(
            "\(name).cnf",
            """
            [req]
            distinguished_name=d
            string_mask=utf8only
            [d]
            [ca]
            default_ca=a
            [a]
            database=\(path("\(name).index"))
            new_certs_dir=\(folder.path)
            rand_serial=yes
            policy=p
            unique_subject=no
            email_in_dn=no
            [p]
            countryName=optional
            organizationName=optional
            commonName=supplied
            serialNumber=optional
            [e]
            \(extensions)
            \(issuer == nil ? "" : "authorityKeyIdentifier=keyid")
            """)
        let configuration = ["-config", path("\(name).cnf")]
        try run(
            ["req", "-new", "-utf8", "-key", identity.key, "-subj", subject, "-out", path("\(name).csr")]
                + configuration)
        let signer =
            issuer.map { ["-cert", $0.certificate, "-keyfile", $0.key] } ?? ["-selfsign", "-keyfile", identity.key]
        try run(
            ["ca", "-batch", "-notext", "-preserveDN", "-extensions", "e", "-md", digest, "-in", path("\(name).csr")]
                + ["-startdate", Self.instant(days: days.start), "-enddate", Self.instant(days: days.end)]
                + ["-out", identity.certificate] + configuration + signer)
        return identity
    }

    private func write(_ name: String, _ text: String) throws {
        try Data((text + "\n").utf8).write(to: folder.appendingPathComponent(name))
    }

    private static func instant(days: Int) -> String {
        let date = Date(timeIntervalSinceNow: Double(days) * 86_400)
        return date.formatted(.iso8601.dateSeparator(.omitted).timeSeparator(.omitted))
            .replacing("T", with: "")
    }

    /// Runs `openssl` and gives what it printed.
    @discardableResult
    func run(_ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.standardInput = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        let said = Pipe()
        process.standardError = said
        try process.run()
        // What is printed is a line or two, and fits into the pipe.
        let text = said.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw TestPKIError(
                reason: "openssl \(arguments.joined(separator: " ")): \(String(decoding: text, as: UTF8.self))")
        }
        return String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    }
}

/// The `openssl` tool refused to make what a test asked for.
struct TestPKIError: Error, CustomStringConvertible {
    let reason: String

    var description: String { reason }
}
