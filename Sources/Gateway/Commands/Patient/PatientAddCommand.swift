import ArgumentParser
import AuditTrail
import XDSMetadata
import XDSRegistry

/// `patient add`.
struct PatientAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Make a patient id known. Adding one that is known changes nothing.")

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "The id in CX form, as '900186021^^^&2.16.840.1.113883.2.4.6.3&ISO'.")
    var patientID: String

    func run() async throws {
        let domain = try await options.load().patientDomain
        let patient = try PatientCommand.patientID(patientID, in: domain)
        if domain.failsElevenTest(patient) {
            guard domain.bsnCheck == .warn else {
                throw ValidationError("this is no BSN: it fails the eleven test (registry.bsnCheck)")
            }
            Console.say("warning: this is no BSN, it fails the eleven test (registry.bsnCheck)")
        }
        let added = try await options.administering { client, record in
            try await PatientRegister(client: client).add([patient], origin: .administration) { transaction in
                try await record.record(
                    "patient add", AuditObject(.patient, id: patient.cx), in: transaction)
            }
        }
        Console.say(added == 1 ? "patient added" : "patient was known already")
    }
}
