import ArgumentParser
import AuditTrail
import Foundation

/// `xds-gateway audit search`.
struct AuditSearchCommand: AsyncParsableCommand {
    /// How events are shown.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table, json, csv
    }

    static let configuration = CommandConfiguration(
        commandName: "search", abstract: "Find events by patient, organisation, person, transaction or time.",
        discussion: "All conditions hold together. Times are ISO 8601, or a day, which begins at midnight UTC.")

    @OptionGroup var options: ConfigurationOptions
    @Option(help: "Patient id, in CX form or the id alone; ids merged with it are found too.") var patient: String?
    @Option(help: "Identifier of an organisation.") var organisation: String?
    @Option(help: "Identity of a person.") var person: String?
    @Option(help: ArgumentHelp("Kinds of events, as ITI-18,ITI-43 or audit-log-used.", valueName: "list"))
    var transaction: String?
    @Option(name: .customLong("request"), help: "Id of a request, as in X-Request-Id.") var requestID: String?
    @Option(help: "Events at this time and later.") var from: AuditInstant?
    @Option(help: "Events before this time.") var to: AuditInstant?
    @Option(help: "Events at most, the oldest first.") var limit = 1_000
    @Option(help: "table, json or csv.") var format = Format.table

    func run() async throws {
        var search = AuditSearch()
        search.organisation = organisation
        search.person = person
        search.kinds = try kinds()
        search.requestID = requestID
        search.from = from?.date
        search.to = to?.date
        search.limit = limit
        let (conditions, patient) = (search, patient)
        let events = try await options.withAudit { client, configuration in
            var search = conditions
            let patient = patient.map { AuditCommand.patientID($0, configuration) }
            if let patient { search.patients = try await client.patientIDs(of: patient) }
            try await AuditCommand.recordUse("search", of: patient, on: client, configuration: configuration)
            return try await search.run(on: client)
        }
        switch format {
        case .table: Console.table(AuditEventRecord.shortHeadings, events.map { AuditEventRecord($0).shortCells })
        case .json: Console.say(try AuditEventRecord.json(events.map(AuditEventRecord.init)))
        case .csv:
            Console.say(AuditEventRecord.csv(AuditEventRecord.headings))
            for event in events { Console.say(AuditEventRecord.csv(AuditEventRecord(event).cells)) }
        }
    }

    private func kinds() throws -> [AuditEventKind] {
        guard let transaction else { return [] }
        return try transaction.split(separator: ",").map { name in
            guard let kind = AuditEventKind(rawValue: String(name)), kind != .unknown else {
                let known = AuditEventKind.known.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("there are no events of the kind \(name); there are \(known)")
            }
            return kind
        }
    }
}
