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
    /// How the server ended the handshake of the best version that it takes, or, where it takes none, the one that tells
    /// most.
    let failure: TLSProbeFailure?

    /// Makes some twenty connections.
    /// - Throws: ``TLSProbeFailure`` when no connection can be made.
    init(of probe: TLSProbe) async throws {
        endpoint = probe.endpoint
        showsCertificate = !probe.certificates.isEmpty
        var (versions, outcomes): ([String], [TLSProbe.Outcome]) = ([], [])
        for (name, version) in Self.versions {
            let outcome = try await probe.connect(version)
            outcomes.append(outcome)
            if outcome.isTaken { versions.append(name) }
        }
        var suites: [String] = []
        if versions.contains("TLS 1.2") {
            for (name, suite) in Self.suites {
                let outcome = try await probe.connect(.tlsv12, suites: [suite])
                if outcome.isTaken { suites.append(name) }
            }
        }
        // A server of TLS 1.2 alone says nothing but "another version" to all others.
        let telling =
            outcomes.first(where: \.isTaken) ?? outcomes.first { $0.failure?.isAboutVersion == false } ?? outcomes.first
        chain = outcomes.first(where: \.isTaken)?.chain ?? []
        self.versions = versions
        self.suites = suites
        failure = telling?.failure
    }

    /// What it presents.
    func lines(judgedBy store: TrustStore) -> [String] {
        var lines = ["server        \(endpoint.host) port \(endpoint.port)"]
        if let first = chain.first, let certificate = try? Certificate(der: first) {
            lines += CertificateFacts(certificate, chainLength: chain.count).lines
        }
        lines.append("versions      \(versions.isEmpty ? "none of TLS 1.0 to 1.3" : versions.joined(separator: ", "))")
        if !suites.isEmpty { lines.append("TLS 1.2       \(suites.joined(separator: ", "))") }
        if let failure, demandsCertificate {
            let how =
                if case .alert(let name) = failure { "it sent the alert \(name)" } else { "it closed the connection" }
            lines.append(
                "client        sent away without a certificate (\(how)), as one that demands a certificate does; show one with "
                    + "--certificate and --key")
        }
        return lines
    }

    /// Whether the server presented its certificate and then sent a client without one away.
    private var demandsCertificate: Bool {
        !showsCertificate && !versions.isEmpty && failure?.isForWantOfCertificate == true
    }

    /// What is wrong, in plain words; empty when nothing is.
    func problems(judgedBy store: TrustStore) -> [String] {
        guard !versions.isEmpty else {
            let sentence = (failure ?? .closed).sentence(of: endpoint)
            return ["no TLS handshake was possible: \(sentence)"]
        }
        var problems: [String] = []
        let old = versions.filter { $0 == "TLS 1.1" || $0 == "TLS 1.0" }.joined(separator: " and ")
        if !versions.contains("TLS 1.2"), !versions.contains("TLS 1.3") {
            problems.append(
                "it takes \(old) only, which are too old; TLS 1.2 or 1.3 has to be switched on in its software")
        } else if !old.isEmpty {
            problems.append("it takes \(old), which must be switched off")
        }
        let weak = suites.filter { suite in Self.suites.dropFirst(Self.goodSuites).contains { $0.name == suite } }
        if !weak.isEmpty {
            problems.append("it takes cipher suites that are not rated good: \(weak.joined(separator: ", "))")
        }
        if case .refused(let refusal) = store.verify(chain: chain, as: .server) { problems.append(refusal.sentence) }
        if let first = chain.first, let certificate = try? Certificate(der: first),
            !certificate.isFor(host: endpoint.host)
        {
            let names = certificate.dnsNames.prefix(20).joined(separator: ", ")
            problems.append(
                "its certificate is not for \(endpoint.host); it is for "
                    + "\(names.isEmpty ? "no host, it has no subjectAltName of a host" : names); use a name that stands in it, "
                    + "or have it issued for this one")
        }
        if let failure, !demandsCertificate {
            // Version and suite were settled when it presented its certificate: this alert then has another meaning.
            let sentence =
                failure == .alert("handshake_failure")
                ? "it does not say what is wrong with it (it sent the alert handshake_failure); its own log tells"
                : failure.sentence(of: endpoint)
            problems.append(showsCertificate ? "it sent the client certificate away: \(sentence)" : sentence)
        }
        return problems
    }
}
