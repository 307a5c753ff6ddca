import ArgumentParser
import AuditTrail
import Foundation
import PostgresKit

/// `xds-gateway audit prune`.
struct AuditPruneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Remove events older than audit.retentionDays.",
        discussion: """
            Removes whole segments that end with a signed checkpoint; the checkpoints stay, so the rest of the trail still proves \
            itself. The removal is recorded in the trail first. Needs the role that owns the tables.
            """)

    @OptionGroup var options: ConfigurationOptions
    @Flag(help: "Tell what would be removed, and remove nothing.") var dryRun = false

    func run() async throws {
        let dryRun = dryRun
        let plan = try await options.withAudit { client, configuration -> AuditRetention.Plan? in
            let limit = Date.now.addingTimeInterval(-Double(configuration.audit.retentionDays) * 86_400)
            let retention = AuditRetention(client: client)
            guard let plan = try await retention.plan(before: limit) else { return nil }
            if configuration.audit.syslog != nil {
                let confirmed = try await client.query(
                    "select coalesce(max(sequence), 0) from audit_position where reader = 'syslog'"
                ).decode(Int64.self, row: 0, column: 0)
                guard confirmed >= plan.checkpoint.head.sequence else {
                    throw ValidationError(
                        "events up to \(plan.checkpoint.head.sequence) are past their retention, but only \(confirmed) have been forwarded"
                    )
                }
            }
            if !dryRun {
                try await retention.remove(
                    plan, by: .operatingSystemUser, journal: AuditCommand.journal(on: client, configuration))
            }
            return plan
        }
        guard let plan else { return Console.say("No segment is past its retention.") }
        Console.say(
            "\(plan.events) event(s) up to \(plan.checkpoint.head.sequence), signed at "
                + "\(plan.checkpoint.signedAt.formatted(.iso8601)), \(dryRun ? "would be removed" : "removed")")
    }
}
