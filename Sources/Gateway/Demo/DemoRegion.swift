import AccessControl
import Foundation
import PostgresKit
import Trust
import XDSMetadata
import XDSRegistry

/// The sample region of the demo: its organisations and its patients, all invented.
struct DemoRegion: Sendable {
    /// Invented BSNs that pass the eleven test.
    static let patients = ["900186021", "111222333", "123456782"].map { "\($0)^^^&2.16.840.1.113883.2.4.6.3&ISO" }
    /// A well-formed id that the registry does not know.
    static let unknownPatient = "999999990^^^&2.16.840.1.113883.2.4.6.3&ISO"

    let pki: String

    /// Registers organisations, patients and their consent; again in every run, which changes nothing then.
    func register(in client: PostgresClient) async throws {
        let register = OrganisationRegister(client: client)
        for (organisation, certificate) in organisations {
            let certificates = try certificate.map { [try Certificate.read(pemFile: "\(pki)/\($0).pem")] } ?? []
            try await register.put(organisation, certificates: certificates)
        }
        let patients = PatientRegister(client: client)
        let consents = ConsentRegister(client: client)
        for patient in Self.patients {
            _ = try await patients.add(try PatientID(parsing: patient), source: "demo")
            guard try await consents.current(of: patient).isEmpty else { continue }
            try await consents.set(
                ConsentDecision(
                    patientID: patient, audience: .everyone, outcome: .given, decidedOn: .now, source: "demo"),
                recordedBy: "demo")
        }
    }

    /// The hospital and the GP practice are known by the URA in their certificates, the care home by its key.
    private var organisations: [(Organisation, certificate: String?)] {
        let every = Set(TransactionID.served.map(\.rawValue))
        return [
            (
                Organisation(
                    identifier: "hospital", name: "Ziekenhuis Oost", ura: "90000001", transactions: every,
                    sourceIDs: .any, updateScope: .any,
                    contact: "servicedesk@ziekenhuis-oost.example"), nil
            ),
            (
                Organisation(
                    identifier: "gp", name: "Huisartsenpraktijk De Esch", ura: "90000002",
                    transactions: Set(TransactionID.ordinary.map(\.rawValue)), sourceIDs: .any,
                    contact: "praktijk@de-esch.example"), nil
            ),
            (
                Organisation(
                    identifier: "carehome", name: "Verpleeghuis Het Hofje", transactions: ["ITI-18", "ITI-43"],
                    sourceIDs: .only([]), contact: "ict@het-hofje.example"), "carehome"
            ),
        ]
    }
}
