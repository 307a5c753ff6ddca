import Foundation

extension GatewayProcess {
    /// Sends a SOAP message to the registry without announcing its length; gives the head and the body of the answer.
    nonisolated func postChunked(_ body: Data, as certificate: String) async throws -> String {
        let file = folder + "/body"
        try body.write(to: URL(fileURLWithPath: file))
        return try await Self.run(
            "/usr/bin/curl",
            [
                "-s", "-i", "--cacert", pki + "/ca.pem", "--cert", "\(pki)/\(certificate).pem", "--key",
                "\(pki)/\(certificate).key", "-T", file, "-X", "POST", address + "/xds/registry",
                "-H", "Transfer-Encoding: chunked", "-H", "Content-Type: application/soap+xml",
            ]
        ).output
    }
}
