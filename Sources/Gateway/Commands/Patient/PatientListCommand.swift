import ArgumentParser
import Foundation
import XDSRegistry

/// `patient list`.
struct PatientListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the known patient ids, and which one took over a merged one.")

    @OptionGroup var options: ConfigurationOptions
    @Option(help: "How many at most.") var limit = 1_000

    func run() async throws {
        let limit = limit
        let patients = try await options.administering { client, record in
            let patients = try await PatientRegister(client: client).list(limit: limit)
            let shown = Set(patients.flatMap { [$0.patientID, $0.survivor].compactMap { $0 } })
            try await record.recordReading("patient list", of: shown.sorted(), on: client)
            return patients
        }
        Console.table(
            ["patient", "status", "survivor", "source", "known since"],
            patients.map {
                [$0.patientID, $0.status, $0.survivor ?? "-", $0.source, $0.knownSince.formatted(.iso8601)]
            })
    }
}
