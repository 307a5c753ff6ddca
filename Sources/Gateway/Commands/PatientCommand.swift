import ArgumentParser
import Foundation
import XDSMetadata
import XDSRegistry

/// `xds-gateway patient ...`: which patient ids the registry knows.
struct PatientCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "patient",
        abstract: "Make patient ids known to the registry.",
        discussion:
            "Documents are registered only for patients that are known (ITI TF-3: 4.2.4.1, XDSUnknownPatientId).",
        subcommands: [Add.self, List.self])

    /// `patient add`.
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a patient id known. Adding one that is known changes nothing.")

        @OptionGroup var options: ConfigurationOptions
        @Argument(help: "The id in CX form, as '900186021^^^&2.16.840.1.113883.2.4.6.3&ISO'.")
        var patientID: String

        func run() async throws {
            let patient: PatientID
            do {
                patient = try PatientID(parsing: patientID)
            } catch {
                throw ValidationError("this is no patient id in CX form: it \(error)")
            }
            let domain = try await options.load().patientDomain
            guard patient.assigningAuthority == domain else {
                throw ValidationError("the assigning authority must be \(domain) (registry.patientDomain)")
            }
            let added = try await options.withDatabase { client in
                try await PatientRegister(client: client).add(patient, source: "administration")
            }
            Console.say(added ? "patient added" : "patient was known already")
        }
    }

    /// `patient list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the known patient ids.")

        @OptionGroup var options: ConfigurationOptions
        @Option(help: "How many at most.") var limit = 1_000

        func run() async throws {
            let limit = limit
            let patients = try await options.withDatabase { try await PatientRegister(client: $0).list(limit: limit) }
            Console.table(
                ["patient", "status", "source", "known since"],
                patients.map { [$0.patientID, $0.status, $0.source, $0.knownSince.formatted(.iso8601)] })
        }
    }
}
