public import Foundation

/// A throw-away public key infrastructure for tests, made with the `openssl` command line tool: EC P-256 keys, files
/// in a temporary folder that goes when the object does.
///
/// Made once and shared by a whole test run (``shared()``): a dozen certificates cost about a second.
public final class TestPKI: Sendable {
    /// One certificate with its key.
    public struct Identity: Sendable, Hashable {
        /// PEM file of the certificate alone.
        public let certificate: String
        /// PEM file of the private key.
        public let key: String
        /// PEM file of the certificate followed by its intermediates, the same as ``certificate`` without any.
        public var chain: String

        /// An identity of these files, without intermediates.
        public init(certificate: String, key: String) {
            self.init(certificate: certificate, key: key, chain: certificate)
        }

        init(certificate: String, key: String, chain: String) {
            self.certificate = certificate
            self.key = key
            self.chain = chain
        }
    }

    /// What a certificate is to say.
    public struct Request: Sendable {
        /// The subject in OpenSSL's form, `/C=NL/O=.../CN=...`.
        public var subject: String
        /// The value of extendedKeyUsage; nil leaves it out.
        public var extendedKeyUsage: String?
        /// The value of subjectAltName; nil leaves it out.
        public var alternativeNames: String?
        /// Days from now until it is valid; negative for the past.
        public var startDay = -1
        /// Days from now until it is no longer valid.
        public var endDay = 30
        /// Arguments of `openssl genpkey` for the key.
        public var keyArguments = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
        /// The hash of the signature.
        public var digest = "sha256"
        /// Further extensions in OpenSSL's form, `name=value`.
        public var extensions: [String] = []

        /// A request with the defaults of a client certificate.
        public init(
            subject: String, extendedKeyUsage: String? = "clientAuth", alternativeNames: String? = nil
        ) {
            self.subject = subject
            self.extendedKeyUsage = extendedKeyUsage
            self.alternativeNames = alternativeNames
        }
    }

    /// The URA in the certificate of ``hospital``.
    public static let ura = "00010990"
    /// The otherName 2.5.5.5 of ``hospital``.
    public static let uziName = "2.16.528.1.1003.1.3.5.5.5-1-900000001-S-00010990-00.000-00000000"

    /// The folder of all files.
    public let folder: URL
    /// The trusted authority.
    public let authority: Identity
    /// An intermediate under ``authority``.
    public let intermediate: Identity
    /// An authority nobody trusts.
    public let strangerAuthority: Identity
    /// The server: localhost and 127.0.0.1.
    public let server: Identity
    /// A client as the UZI register would make it.
    public let hospital: Identity
    /// A client without a UZI name.
    public let careHome: Identity
    /// A client issued by ``intermediate``; its chain has the intermediate.
    public let underIntermediate: Identity
    /// On the revocation list.
    public let revoked: Identity
    /// Valid until yesterday.
    public let expired: Identity
    /// Issued by ``strangerAuthority``.
    public let stranger: Identity
    /// PEM file: the revocation list of ``authority``.
    public let revocationList: String

    private static let once = Result {
        let pki = try TestPKI()
        // A static value is never released: its folder goes when the process ends.
        atexit { TestPKI.removeShared() }
        return pki
    }

    private static func removeShared() {
        if case .success(let pki) = once { try? FileManager.default.removeItem(at: pki.folder) }
    }

    /// The PKI of this test run, made at its first use.
    public static func shared() throws -> TestPKI { try once.get() }

    /// Makes a PKI of its own.
    public init() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("xds-pki-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let maker = TestPKIMaker(folder: folder)
        authority = try maker.authority("ca", commonName: "Test CA", parent: nil)
        intermediate = try maker.authority("intermediate", commonName: "Test Intermediate CA", parent: authority)
        strangerAuthority = try maker.authority("stranger-ca", commonName: "Some Other CA", parent: nil)
        server = try maker.issue(
            "server",
            Request(
                subject: "/C=NL/O=ZorgNetOost/CN=localhost", extendedKeyUsage: "serverAuth,clientAuth",
                alternativeNames: "DNS:localhost,IP:127.0.0.1"), by: authority)
        hospital = try maker.issue("hospital", .hospital, by: authority)
        careHome = try maker.issue("carehome", Request(subject: "/C=NL/O=De Esch/CN=ecd.deesch.example"), by: authority)
        var under = try maker.issue(
            "under-intermediate", Request(subject: "/C=NL/O=De Brink/CN=his.debrink.example"), by: intermediate)
        under.chain = try maker.join("under-intermediate-chain", under.certificate, intermediate.certificate)
        underIntermediate = under
        revoked = try maker.issue("revoked", .hospital, by: authority)
        var past = Request.hospital
        past.startDay = -40
        past.endDay = -1
        expired = try maker.issue("expired", past, by: authority)
        stranger = try maker.issue("stranger", .hospital, by: strangerAuthority)
        revocationList = try maker.revocationList("crl", of: authority, revoking: [revoked], days: 30)
        self.folder = folder
    }

    deinit {
        // What cannot be removed lies in the system's temporary folder, which is cleaned anyway.
        try? FileManager.default.removeItem(at: folder)
    }

    /// Issues one more certificate.
    /// - Parameter name: name of its files; one already there is replaced.
    public func issue(_ name: String, _ request: Request, by issuer: Identity? = nil) throws -> Identity {
        try TestPKIMaker(folder: folder).issue(name, request, by: issuer ?? authority)
    }

    /// A certificate signed with its own key.
    public func selfSigned(_ name: String, _ request: Request) throws -> Identity {
        try TestPKIMaker(folder: folder).issue(name, request, by: nil)
    }

    /// Makes one more revocation list and returns its file.
    /// - Parameters:
    ///   - days: until the next list; negative for one that is out of date.
    ///   - form: how the file holds it.
    public func revocationList(
        _ name: String, of issuer: Identity? = nil, revoking: [Identity], days: Int, form: EncodingForm = .pem
    ) throws -> String {
        let maker = TestPKIMaker(folder: folder)
        let list = try maker.revocationList(name, of: issuer ?? authority, revoking: revoking, days: days)
        switch form {
        case .pem: return list
        case .der: return try maker.der(ofList: list)
        }
    }

    /// How a file holds its content.
    public enum EncodingForm: Sendable {
        case pem, der
    }

    /// The DER of a PEM certificate file.
    public func der(_ pemFile: String) throws -> [UInt8] {
        try TestPKIMaker(folder: folder).der(ofCertificate: pemFile)
    }
}

extension TestPKI.Request {
    fileprivate static let hospital = TestPKI.Request(
        subject: "/C=NL/O=Ziekenhuis Twentestad/CN=xds.ziekenhuis.example/serialNumber=900000001",
        alternativeNames: "DNS:xds.ziekenhuis.example,otherName:2.5.5.5;IA5STRING:\(TestPKI.uziName)")
}
