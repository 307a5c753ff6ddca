import ArgumentParser
import AuditTrail
import Foundation
import PostgresKit
import XDSMetadata

/// `xds-gateway audit ...`: reads and proves the record of every access.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Search, report, prove and prune the audit trail.",
        discussion:
            "Reading the trail is itself recorded in it (DICOM 110101, Audit Log Used), before anything is shown.",
        subcommands: [
            AuditSearchCommand.self, AuditPatientReportCommand.self, AuditVerifyCommand.self, AuditPruneCommand.self,
            AuditKeyCommand.self,
        ])

    /// Records that the trail is read, and by whom; what is shown is shown afterwards.
    static func recordUse(
        _ what: String, of patient: String?, on client: PostgresClient, configuration: GatewayConfiguration
    ) async throws {
        var event = AuditEvent(.auditLogUsed)
        event.outcomeDescription = what
        event.person = .operatingSystemUser
        event.patient = patient
        event.objects = [AuditObject(.auditTrail, id: "urn:audit-records")]
        try await journal(on: client, configuration).append([event])
    }

    /// What a command writes to the trail with.
    /// - Throws: ``AuditSigningKey/Unusable``.
    static func journal(on client: PostgresClient, _ configuration: GatewayConfiguration) throws -> AuditJournal {
        AuditJournal(
            client: client, source: .thisProcess(node: configuration.audit.node),
            key: try configuration.audit.signingKey.map { try AuditSigningKey(pemFile: $0) },
            logger: ConfigurationOptions.logger)
    }

    /// A patient id in CX form, of CX or of the id alone.
    static func patientID(_ text: String, _ configuration: GatewayConfiguration) -> String {
        text.contains("^") ? text : "\(text)^^^&\(configuration.patientDomain.authority)&ISO"
    }
}

/// An instant on the command line: a day, which begins at midnight UTC, or ISO 8601.
struct AuditInstant: ExpressibleByArgument {
    let date: Date

    init?(argument: String) {
        let text = argument.count == 10 ? argument + "T00:00:00Z" : argument
        guard let date = try? Date(text, strategy: .iso8601) else { return nil }
        self.date = date
    }
}

extension ConfigurationOptions {
    /// Runs a body on the configured database, with the configuration.
    func withAudit<R: Sendable>(
        _ body: @escaping @Sendable (PostgresClient, GatewayConfiguration) async throws -> R
    ) async throws -> R {
        let configuration = try await load()
        let client = PostgresClient(configuration: configuration.database.clientConfiguration, logger: Self.logger)
        return try await client.whileOpen { try await body(client, configuration) }
    }
}
