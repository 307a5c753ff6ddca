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
            let scan = try await GatewayProcess.run(
                scanner,
                [
                    "--no-colour", "--no-fallback", "--certs=\(gateway.pki)/gp.pem", "--pk=\(gateway.pki)/gp.key",
                    "127.0.0.1:\(gateway.port)",
                ]
            ).output
            let lines = scan.split(separator: "\n").map(String.init)
            for version in ["SSLv2", "SSLv3", "TLSv1.0", "TLSv1.1"] {
                #expect(lines.contains { $0.hasPrefix(version) && $0.hasSuffix("disabled") }, "\(version): \(scan)")
            }
            for version in ["TLSv1.2", "TLSv1.3"] {
                #expect(lines.contains { $0.hasPrefix(version) && $0.hasSuffix("enabled") }, "\(version): \(scan)")
            }
            let suites = lines.filter { $0.hasPrefix("Accepted") || $0.hasPrefix("Preferred") }
            #expect(suites.count >= 4)
            for suite in suites {
                let isGood =
                    suite.contains("TLS_AES_") || suite.contains("TLS_CHACHA20")
                    || (suite.contains("ECDHE-") && (suite.contains("GCM") || suite.contains("CHACHA20")))
                #expect(isGood, "\(suite)")
            }
            #expect(scan.contains("Compression disabled"))
            #expect(!scan.contains("vulnerable to heartbleed") || !scan.contains("TLSv1.2 vulnerable"))
            #expect(!scan.contains("Insecure session renegotiation supported"))
        }
    }
}
