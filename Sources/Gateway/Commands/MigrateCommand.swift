import ArgumentParser
import Logging
import PostgresKit
import Schemas

/// `xds-gateway migrate`: brings the database to the schema of this binary.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Apply the migrations the database does not have yet.",
        discussion: "Safe to run by several nodes at once: one applies, the others wait and find nothing left to do.")

    @OptionGroup var options: ConfigurationOptions
    @Option(
        help: ArgumentHelp(
            "Grant this role what a daemon needs, and on the audit trail appending alone.", valueName: "role"))
    var servingRole: String?

    func run() async throws {
        let servingRole = servingRole
        let applied = try await options.withDatabase { client in
            let applied = try await Migrator(
                migrations: Schemas.migrations.map(Migration.init), client: client, logger: ConfigurationOptions.logger
            ).migrate()
            if let servingRole { _ = try await client.query("select grant_serving_role(\(servingRole)::text::name)") }
            return applied
        }
        if applied.isEmpty {
            Console.say("The database is up to date.")
        } else {
            for migration in applied { Console.say("applied \(migration.number) \(migration.name)") }
        }
        if let servingRole { Console.say("role \(servingRole) may serve; the audit trail it can only append to") }
    }
}

extension Migration {
    /// Of a file named `NNNN_name.sql`.
    init(_ file: Schemas.File) {
        let stem = file.name.split(separator: ".").first ?? ""
        let parts = stem.split(separator: "_", maxSplits: 1)
        self.init(
            number: parts.first.flatMap { Int($0) } ?? 0, name: parts.last.map(String.init) ?? file.name, sql: file.text
        )
    }
}
