import Foundation
import Testing

@testable import Gateway

@Suite("The front door under sslscan")
struct TLSScanTests {
    private static let scanner = ["/usr/bin/sslscan", "/usr/local/bin/sslscan"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    @Test("TLS 1.2 and 1.3 with good suites alone: no weak finding", .enabled(if: scanner != nil))
    func noWeakFinding() async throws {
        let scanner = try #require(Self.scanner)
        try await GatewayProcess.with { gateway in
            let report = try await Self.scan(gateway, with: scanner)
            Self.checkVersions(report)
            Self.checkSuites(report)
        }
    }

    /// The lines of a report.
    private static func scan(_ gateway: GatewayProcess, with scanner: String) async throws -> [String] {
        let arguments = [
            "--no-colour", "--no-fallback", "--certs=\(gateway.pki)/gp.pem", "--pk=\(gateway.pki)/gp.key",
            "127.0.0.1:\(gateway.port)",
        ]
        return try await GatewayProcess.run(scanner, arguments).output.split(separator: "\n").map(String.init)
    }

    private static func checkVersions(_ lines: [String]) {
        for version in ["SSLv2", "SSLv3", "TLSv1.0", "TLSv1.1"] {
            #expect(lines.contains { $0.hasPrefix(version) && $0.hasSuffix("disabled") }, "\(version): \(lines)")
        }
        for version in ["TLSv1.2", "TLSv1.3"] {
            #expect(lines.contains { $0.hasPrefix(version) && $0.hasSuffix("enabled") }, "\(version): \(lines)")
        }
        let findings = [
            "TLSv1.2 vulnerable", "TLSv1.3 vulnerable", "Insecure session renegotiation supported",
            "Compression enabled",
        ]
        for finding in findings { #expect(!lines.contains { $0.contains(finding) }) }
    }

    private static func checkSuites(_ lines: [String]) {
        let suites = lines.filter { $0.hasPrefix("Accepted") || $0.hasPrefix("Preferred") }
        #expect(suites.count >= 4)
        for suite in suites {
            let isGood =
                suite.contains("TLS_AES_") || suite.contains("TLS_CHACHA20")
                || (suite.contains("ECDHE-") && (suite.contains("GCM") || suite.contains("CHACHA20")))
            #expect(isGood, "\(suite)")
        }
        let groups = lines.filter { $0.hasPrefix("TLSv1.") && $0.contains(" bits ") }
        #expect(!groups.isEmpty)
        for group in groups {
            #expect(["x25519", "secp256r1", "secp384r1"].contains { group.contains($0) }, "\(group)")
        }
    }
}
