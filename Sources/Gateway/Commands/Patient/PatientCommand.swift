import ArgumentParser
import XDSMetadata

/// `xds-gateway patient ...`: which patient ids the registry knows, and what happened to them.
struct PatientCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "patient",
        abstract: "Make patient ids known to the registry, merge them, and see their history.",
        discussion:
            "Documents are registered only for patients that are known (ITI TF-3: 4.2.4.1, XDSUnknownPatientId).",
        subcommands: [
            PatientAddCommand.self, PatientListCommand.self, PatientMergeCommand.self, PatientHistoryCommand.self,
        ])

    /// Reads an id that was given on the command line.
    /// - Throws: what is wrong with it, without the id.
    static func patientID(_ text: String, in domain: PatientDomain) throws -> PatientID {
        let patient: PatientID
        do {
            patient = try PatientID(parsing: text)
        } catch {
            throw ValidationError("this is no patient id in CX form: it \(error)")
        }
        guard patient.assigningAuthority == domain.authority else {
            throw ValidationError("the assigning authority must be \(domain.authority) (registry.patientDomain)")
        }
        return patient
    }
}
