import Foundation
import NIOSSL
import Trust

/// What a TLS server presents and takes, and what is wrong with that.
struct TLSReport: Sendable {
    /// The versions that are tried, newest first.
    private static let versions: [(name: String, version: TLSVersion)] = [
        ("TLS 1.3", .tlsv13), ("TLS 1.2", .tlsv12), ("TLS 1.1", .tlsv11), ("TLS 1.0", .tlsv1),
    ]
    /// The suites of TLS 1.2 that are tried: those of the NCSC guideline that are good, and others.
    private static let suites: [(name: String, suite: NIOTLSCipher)] = [
        ("ECDHE-ECDSA-AES256-GCM-SHA384", .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384),
        ("ECDHE-ECDSA-CHACHA20-POLY1305", .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256),
        ("ECDHE-ECDSA-AES128-GCM-SHA256", .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256),
        ("ECDHE-RSA-AES256-GCM-SHA384", .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384),
        ("ECDHE-RSA-CHACHA20-POLY1305", .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256),
        ("ECDHE-RSA-AES128-GCM-SHA256", .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256),
        ("ECDHE-ECDSA-AES128-SHA", .TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA),
        ("ECDHE-RSA-AES128-SHA", .TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA),
        ("ECDHE-RSA-AES256-SHA", .TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA),
        ("AES128-GCM-SHA256", .TLS_RSA_WITH_AES_128_GCM_SHA256),
        ("AES256-GCM-SHA384", .TLS_RSA_WITH_AES_256_GCM_SHA384), ("AES128-SHA", .TLS_RSA_WITH_AES_128_CBC_SHA),
        ("AES256-SHA", .TLS_RSA_WITH_AES_256_CBC_SHA),
    ]
    private static let goodSuites = 6

    let endpoint: TLSEndpoint
    let showsCertificate: Bool
    /// The certificates presented, DER.
    let chain: [[UInt8]]
    /// The versions taken.
    let versions: [String]
    /// The suites of TLS 1.2 taken.
    let suites: [String]
    /// The error of the best version that was tried, when no handshake went through or the client was sent away.
    let error: String?

    /// Makes some twenty connections.
    /// - Throws: when the host cannot be reached.
    init(of probe: TLSProbe) async throws {
        endpoint = probe.endpoint
        showsCertificate = !probe.certificates.isEmpty
        var (chain, versions, error): ([[UInt8]], [String], String?) = ([], [], nil)
        for (name, version) in Self.versions {
            let outcome = try await probe.connect(version)
            if chain.isEmpty { chain = outcome.chain }
            // A server that demands a certificate we do not show has still taken the version.
            if outcome.isComplete || !outcome.chain.isEmpty { versions.append(name) }
            if version == .tlsv13 || (version == .tlsv12 && versions == [name]) { error = outcome.error }
        }
        var suites: [String] = []
        if versions.contains("TLS 1.2") {
            for (name, suite) in Self.suites {
                let outcome = try await probe.connect(.tlsv12, suites: [suite])
                if outcome.isComplete || !outcome.chain.isEmpty { suites.append(name) }
            }
        }
        self.chain = chain
        self.versions = versions
        self.suites = suites
        self.error = error
    }

    /// What it presents.
    func lines(judgedBy store: TrustStore) -> [String] {
        var lines = ["server        \(endpoint.host) port \(endpoint.port)"]
        if let first = chain.first, let certificate = try? Certificate(der: first) {
            lines += CertificateFacts(certificate, chainLength: chain.count).lines
        }
        lines.append("versions      \(versions.isEmpty ? "none of TLS 1.0 to 1.3" : versions.joined(separator: ", "))")
        if !suites.isEmpty { lines.append("TLS 1.2       \(suites.joined(separator: ", "))") }
        if let error, !versions.isEmpty, !showsCertificate {
            lines.append(
                "client        sent away without a certificate (\(error)); show one with --certificate and --key")
        }
        return lines
    }

    /// What is wrong, in plain words; empty when nothing is.
    func problems(judgedBy store: TrustStore) -> [String] {
        guard !versions.isEmpty else {
            return ["no TLS handshake was possible: \(error ?? "no reason given"); does it speak TLS on this port?"]
        }
        var problems: [String] = []
        if !versions.contains("TLS 1.2"), !versions.contains("TLS 1.3") {
            problems.append("it takes neither TLS 1.2 nor TLS 1.3")
        }
        let old = versions.filter { $0 == "TLS 1.1" || $0 == "TLS 1.0" }
        if !old.isEmpty { problems.append("it takes \(old.joined(separator: " and ")), which must be switched off") }
        let weak = suites.filter { suite in Self.suites.dropFirst(Self.goodSuites).contains { $0.name == suite } }
        if !weak.isEmpty {
            problems.append("it takes cipher suites that are not rated good: \(weak.joined(separator: ", "))")
        }
        if case .refused(let refusal) = store.verify(chain: chain, as: .server) { problems.append(refusal.sentence) }
        if let first = chain.first, let certificate = try? Certificate(der: first),
            !certificate.isFor(host: endpoint.host)
        {
            problems.append(
                "its certificate is not for \(endpoint.host); it is for \(certificate.dnsNames.joined(separator: ", "))"
            )
        }
        if showsCertificate, let error { problems.append("it sent the client certificate away: \(error)") }
        return problems
    }
}
