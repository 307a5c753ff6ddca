import ArgumentParser
import AuditTrail
import Foundation
import PostgresKit

/// `xds-gateway audit verify`.
struct AuditVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Prove that no event was changed, removed, inserted or moved, or say which.",
        discussion: """
            Reads the whole trail once. Signatures are checked with the key of this node (audit.signingKey), audit.trustedKeys \
            and --key. Run it on the node of the daemon: what was cut off the end since the last checkpoint is missed by the file \
            in which the daemon notes the head. The number of unsigned events must not grow. Exit status 1 when something is wrong.
            """)

    @OptionGroup var options: ConfigurationOptions
    @Option(
        name: .customLong("key"),
        help: ArgumentHelp("PEM file with public keys to trust; may be repeated.", valueName: "file"))
    var keys: [String] = []
    @Option(
        help: ArgumentHelp(
            "A head known from a log line or a forwarded message (AuditRecord).", valueName: "number:hash"))
    var expect: String?

    func run() async throws {
        let expected = try expect.map { text in
            guard let head = ChainHead(text) else { throw ValidationError("--expect must be NUMBER:HASH, 64 digits") }
            return head
        }
        let keyFiles = keys
        let report = try await options.withAudit { client, configuration in
            let anchor = try AuditSealing.anchor(in: configuration.audit.anchorFile)
            let keys = try await Self.trustedKeys(keyFiles, configuration, client)
            return try await AuditVerification(
                client: client, keys: keys, retention: Double(configuration.audit.retentionDays) * 86_400,
                anchor: anchor, expected: expected
            ).run()
        }
        Console.say("events        \(report.events), from \(report.first) to \(report.last)")
        Console.say("batches       \(report.batches) signed; unsigned events before them: \(report.unsigned)")
        Console.say("checkpoints   \(report.checkpoints) signed, the last covers event \(report.sealed)")
        for finding in report.findings { Console.say("WRONG  \(finding)") }
        if report.suppressed > 0 { Console.say("WRONG  and \(report.suppressed) more") }
        guard report.findings.isEmpty else { throw ExitCode.failure }
        Console.say("The audit trail is whole.")
    }

    /// The keys that count. Without any the published ones, which prove less, and that is said.
    private static func trustedKeys(
        _ files: [String], _ configuration: GatewayConfiguration, _ client: PostgresClient
    ) async throws -> [AuditPublicKey] {
        var keys: [AuditPublicKey] = []
        if let file = configuration.audit.signingKey { keys.append(try AuditSigningKey(pemFile: file).publicKey) }
        for file in files + (configuration.audit.trustedKeys.map { [$0] } ?? []) {
            let found = try AuditPublicKey.all(inPEM: String(contentsOfFile: file, encoding: .utf8))
            guard !found.isEmpty else { throw ValidationError("\(file): has no public key in PEM form") }
            keys += found
        }
        guard keys.isEmpty else { return keys }
        let published = try await client.query("select public_key from audit_key")
        if published.rowCount > 0 {
            Console.say(
                "no key given: signatures are checked with those in the database, whose owner could replace them")
        }
        return try published.map { try AuditPublicKey(pem: $0.decode(String.self, column: 0)) }
    }
}

/// `xds-gateway audit key`.
struct AuditKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Show the public key of this node's signatures, to be kept where an auditor trusts it.")

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        guard let file = try await options.load().audit.signingKey else {
            throw ValidationError("audit.signingKey is not set")
        }
        let key = try AuditSigningKey(pemFile: file).publicKey
        Console.say(key.pem)
        Console.say("fingerprint \(key.fingerprint)")
    }
}
