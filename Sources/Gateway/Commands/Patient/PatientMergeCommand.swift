import ArgumentParser
import AuditTrail
import XDSMetadata
import XDSRegistry

/// `patient merge`.
struct PatientMergeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Merge a patient id into another one, as the patient feed does (ITI-8 A40). It cannot be undone.",
        discussion: "The documents of the subsumed id become documents of the surviving one.")

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "The id that ends, in CX form.") var subsumed: String
    @Argument(help: "The id that goes on, in CX form.") var survivor: String

    func run() async throws {
        let domain = try await options.load().patientDomain
        let merge = PatientMerge(
            survivor: try PatientCommand.patientID(survivor, in: domain),
            subsumed: try PatientCommand.patientID(subsumed, in: domain))
        do {
            let moved = try await options.administering { client, record in
                try await PatientRegister(client: client).merge([merge], origin: .administration) { transaction in
                    for patient in [merge.subsumed, merge.survivor] {
                        try await record.record(
                            "patient merge", AuditObject(.patient, id: patient.cx), in: transaction)
                    }
                }
            }
            Console.say("patients merged; \(moved) registry object(s) moved")
        } catch let refusal as PatientChangeRefusal {
            throw ValidationError("\(refusal)")
        }
    }
}
