import Foundation

extension GatewayProcess {
    /// A request whose body never comes, which therefore stays in work; of gp.
    static func stalledRequest(_ gateway: GatewayProcess, seconds: Int) async throws {
        _ = try await gateway.send(
            """
            printf 'POST /xds/registry HTTP/1.1\\r\\nHost: localhost\\r\\nContent-Type: application/soap+xml\\r\\n'
            printf 'Content-Length: 1000\\r\\n\\r\\n'; sleep \(seconds)
            """, as: "gp", seconds: seconds)
    }

    /// Sends a SOAP message to the registry without announcing its length, the second half of it when a file is there.
    /// - Returns: the head and the body of the answer.
    nonisolated func post(_ body: String, as certificate: String, resumingWith file: String) async throws -> String {
        let bytes = Data(body.utf8)
        let message = folder + "/halved"
        try bytes.write(to: URL(fileURLWithPath: message))
        let half = bytes.count / 2
        return try await send(
            """
            printf 'POST /xds/registry HTTP/1.1\\r\\nHost: localhost\\r\\nContent-Type: application/soap+xml\\r\\n'
            printf 'Connection: close\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n%x\\r\\n' \(bytes.count); head -c \(half) '\(message)'
            while [ ! -e '\(file)' ]; do sleep 0.05; done
            tail -c +\(half + 1) '\(message)'; printf '\\r\\n0\\r\\n\\r\\n'; sleep 3
            """, as: certificate, seconds: 60)
    }

    /// Sends what a script of bash prints, as it prints it.
    /// - Returns: what comes back until the connection or the script ends.
    nonisolated func send(_ script: String, as certificate: String, seconds: Int) async throws -> String {
        try await Self.run(
            "/bin/bash",
            [
                "-c",
                """
                { \(script)
                } | timeout -s KILL \(seconds) openssl s_client -quiet -connect 127.0.0.1:\(port) -servername localhost \\
                    -cert \(pki)/\(certificate).pem -key \(pki)/\(certificate).key
                """,
            ]
        ).output
    }
}
