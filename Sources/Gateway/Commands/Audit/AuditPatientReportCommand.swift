import AccessControl
public import ArgumentParser
public import AuditTrail
import Foundation
import PostgresKit
import XDSRegistry

/// `xds-gateway audit patient-report`.
struct AuditPatientReportCommand: AsyncParsableCommand {
    /// The form of the report.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, html
    }

    static let configuration = CommandConfiguration(
        commandName: "patient-report",
        abstract: "Who looked at a patient's data, who made them available, when and on whose behalf, for the patient.")

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "Patient id, in CX form or the id alone; ids merged with it are included.") var patient: String
    @Option(help: "nl or en.") var language = ReportLanguage.nl
    @Option(help: "text or html.") var format = Format.text
    @Option(help: "Events at this time and later.") var from: AuditInstant?
    @Option(help: "Events before this time.") var to: AuditInstant?

    /// Events of a report at most.
    private static let limit = 100_000

    func run() async throws {
        let (patient, language, from, to) = (patient, language, from?.date, to?.date)
        let report = try await options.withAudit { client, configuration in
            let id = AuditCommand.patientID(patient, configuration)
            try await AuditCommand.recordUse("patient-report", of: id, on: client, configuration: configuration)
            var search = AuditSearch()
            search.patients = try await client.patientIDs(of: id)
            search.from = from
            search.to = to
            search.limit = Self.limit + 1
            let organisations = try await client.organisations.all()
            let names = Dictionary(
                organisations.map { ($0.organisation.identifier, $0.organisation.name) },
                uniquingKeysWith: { first, _ in first })
            let events = try await search.run(on: client)
            return PatientReport(
                patient: String(id.prefix { $0 != "^" }), events: Array(events.prefix(Self.limit)), names: names,
                language: language, isCut: events.count > Self.limit)
        }
        Console.say(format == .text ? report.text : report.html)
    }
}

extension ReportLanguage: ExpressibleByArgument {}

extension PostgresClient {
    /// Every id of a patient.
    func patientIDs(of patientID: String) async throws -> [String] {
        try await PatientLookup(client: self).ids(of: patientID)
    }
}
