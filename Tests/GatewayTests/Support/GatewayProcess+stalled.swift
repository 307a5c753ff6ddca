extension GatewayProcess {
    /// A request whose body never comes, which therefore stays in work; of gp.
    static func stalledRequest(_ gateway: GatewayProcess, seconds: Int) async throws {
        _ = try await run(
            "/bin/bash",
            [
                "-c",
                """
                { printf 'POST /xds/registry HTTP/1.1\\r\\nHost: localhost\\r\\nContent-Type: application/soap+xml\\r\\n'
                printf 'Content-Length: 1000\\r\\n\\r\\n'; sleep \(seconds); } |
                timeout -s KILL \(seconds) openssl s_client -quiet -connect 127.0.0.1:\(gateway.port) -servername localhost \\
                    -cert \(gateway.pki)/gp.pem -key \(gateway.pki)/gp.key
                """,
            ])
    }
}
