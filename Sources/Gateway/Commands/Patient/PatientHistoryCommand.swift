import ArgumentParser
import Foundation
import XDSMetadata
import XDSRegistry

/// `patient history`.
struct PatientHistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Show what happened to a patient id: when, by whom, and by which message.")

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "The id in CX form.") var patientID: String

    func run() async throws {
        let patient = try PatientCommand.patientID(patientID, in: try await options.load().patientDomain)
        let events = try await options.administering { client, record in
            try await record.recordReading("patient history", of: patient.cx, on: client)
            return try await PatientRegister(client: client).history(of: patient)
        }
        guard let events else { throw ValidationError("this patient id is not known") }
        Console.table(
            ["when", "what", "other id", "objects", "by", "transaction", "message"],
            events.map { event in
                [
                    event.occurredAt.formatted(.iso8601), event.kind, event.other ?? "-",
                    event.objects.map { "\($0)" } ?? "-", event.organisation, event.transaction ?? "-",
                    event.messageID ?? "-",
                ]
            })
    }
}
