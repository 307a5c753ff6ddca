import NIOCore
import NIOSSL
import Trust

/// Where the TLS material of the front door lies, under the keys of the configuration.
struct TLSMaterialFiles: Sendable, Hashable {
    /// `server.certificate`: PEM, the server certificate, then its intermediates.
    var certificate: String
    /// `server.key`: PEM, the private key, not encrypted.
    var key: String
    /// `server.trustAnchors`: PEM, the authorities of clients.
    var trustAnchors: String
    /// `server.revocationLists`: a file or a folder, PEM or DER.
    var revocationLists: String?
    /// `server.revocationFolder`: where lists are kept that were fetched.
    var fetchedLists: String?
    /// The rules by which clients are checked.
    var policy = TrustPolicy()
}

/// What the front door needs for handshakes, read from files and fitting together. Immutable.
struct TLSMaterial: Sendable {
    /// The server side of a handshake: certificate, key, versions, suites and groups.
    let context: NIOSSLContext
    /// By what clients are checked.
    let trustStore: TrustStore
    /// The certificate the server shows.
    let serverCertificate: Certificate

    /// Reads and checks the files. Blocks: never on an event loop.
    /// - Parameter previous: what is in force; its lists are not replaced by older ones.
    /// - Throws: ``TLSMaterialError`` with every problem found.
    static func load(
        _ files: TLSMaterialFiles, after previous: TLSMaterial? = nil
    ) throws(TLSMaterialError) -> TLSMaterial {
        var problems: [String] = []
        let chain = reading("server.certificate", &problems) { () throws(TrustError) in
            try Certificate.readAll(pemFile: files.certificate)
        }
        let key = reading("server.key", &problems) { () throws(TrustError) in
            try Certificate.privateKeyBytes(pemFile: files.key, for: chain?.first)
        }
        let sources = TrustSources(
            anchors: [files.trustAnchors],
            revocationLists: [files.revocationLists, files.fetchedLists].compactMap { $0 })
        let store = reading("server.trustAnchors, server.revocationLists", &problems) { () throws(TrustError) in
            try TrustStore.load(sources, policy: files.policy, after: previous?.trustStore)
        }
        guard let chain, let key, let store, let first = chain.first else {
            throw TLSMaterialError(problems: problems)
        }
        do {
            let context = try NIOSSLContext(configuration: configuration(chain: chain, key: key, store: store))
            return TLSMaterial(context: context, trustStore: store, serverCertificate: first)
        } catch {
            throw TLSMaterialError(
                problems: [
                    "server.certificate, server.key: \(files.certificate), \(files.key): refused by TLS: \(error)"
                ])
        }
    }

    private static func reading<Value>(
        _ key: String, _ problems: inout [String], _ read: () throws(TrustError) -> Value
    ) -> Value? {
        do throws(TrustError) {
            return try read()
        } catch {
            problems.append("\(key): \(error)")
            return nil
        }
    }

    /// TLS 1.2 and 1.3 with what the NCSC guideline rates good. Source: BRIEF; NCSC TLS guideline 2025-05.
    private static func configuration(
        chain: [Certificate], key: [UInt8], store: TrustStore
    ) throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try chain.map { .certificate(try NIOSSLCertificate(bytes: $0.der, format: .der)) },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: key, format: .pem)))
        configuration.minimumTLSVersion = .tlsv12
        configuration.maximumTLSVersion = .tlsv13
        configuration.cipherSuiteValues = [
            .TLS_AES_256_GCM_SHA384, .TLS_CHACHA20_POLY1305_SHA256, .TLS_AES_128_GCM_SHA256,
            .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
            .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
            .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        ]
        configuration.curves = [.x25519, .secp256r1, .secp384r1]
        configuration.verifySignatureAlgorithms = [
            .ecdsaSecp256R1Sha256, .rsaPssRsaeSha256, .ed25519, .ecdsaSecp384R1Sha384, .rsaPssRsaeSha384,
            .ecdsaSecp521R1Sha512, .rsaPssRsaeSha512, .rsaPkcs1Sha256, .rsaPkcs1Sha384, .rsaPkcs1Sha512,
        ]
        // A certificate is demanded; whether to believe it is the trust store's word, given in the callback. The
        // anchors are here only so that their names tell clients which of their certificates to send.
        configuration.certificateVerification = .noHostnameVerification
        configuration.trustRoots = .certificates(
            try store.anchors.map { try NIOSSLCertificate(bytes: $0.der, format: .der) })
        configuration.sendCANameList = true
        configuration.applicationProtocols = ["http/1.1"]
        configuration.shutdownTimeout = .seconds(3)
        return configuration
    }
}
