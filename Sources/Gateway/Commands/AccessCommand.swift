import AccessControl
import ArgumentParser
import AuditTrail
import XDSMetadata
import XDSRegistry

/// `xds-gateway access ...`: who sees what, and why.
struct AccessCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "access",
        abstract: "Explain who sees what.",
        subcommands: [Explain.self])

    /// `access explain`.
    struct Explain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List every document of a patient with the reason why an organisation sees it or does not.")

        @OptionGroup var options: ConfigurationOptions
        @Option(help: "Identifier or URA of the organisation.") var organisation: String
        @Option(help: "Patient id, as 'id^^^&OID&ISO'.") var patient: String

        func run() async throws {
            let patientID = try PatientID(argument: patient)
            let consent = try await options.load().access.consent
            let name = organisation
            let (organisation, lines) = try await options.administering { client, record in
                let organisation = try await client.organisations.entry(name).organisation
                let scope = AccessScope(of: organisation, consent: consent)
                try await record.recordReading(
                    "access explain", of: patientID.cx, details: [.init("Organisation", organisation.identifier)],
                    on: client)
                return (organisation, try await AccessExplanation(client: client).lines(for: scope, patient: patientID))
            }
            Console.say("organisation  \(organisation.identifier), kind \(organisation.kind ?? "not registered")")
            Console.say("consent       \(consent.words)")
            if organisation.status == .suspended { Console.say("it is suspended, so it sees nothing at all now") }
            let queries: [TransactionID] = [.registryStoredQuery, .retrieveDocumentSet]
            for transaction in queries where !organisation.mayCall(transaction.rawValue) {
                Console.say("it may not call \(transaction.rawValue)")
            }
            guard !lines.isEmpty else { return Console.say("the patient has no documents here") }
            Console.table(
                ["document", "status", "created", "class", "submitted by", "seen", "because"],
                lines.map { line in
                    [
                        line.uniqueId, line.status, String(line.creationTime?.prefix(8) ?? "-"), line.classCode,
                        line.submittedBy ?? "-", line.reason.shows ? "yes" : "no", line.reason.words,
                    ]
                })
        }
    }
}

extension AccessExplanation.Reason {
    /// As an administrator reads it.
    fileprivate var words: String {
        switch self {
        case .ownSubmission: "it submitted the document itself"
        case .confidentialityCode(let code): "it may not see confidentialityCode \(code)"
        case .classCode(let code): "it may not see classCode \(code)"
        case .consentGiven(let audience): "the patient agreed, for \(Self.words(audience))"
        case .consentWithdrawn(let audience): "the patient objected, for \(Self.words(audience))"
        case .noDecision(.optIn): "the patient decided nothing, and the region asks for consent (opt-in)"
        case .noDecision(.optOut): "the patient did not object (opt-out)"
        case .noDecision(.off): "consent is not looked at"
        }
    }

    private static func words(_ audience: String) -> String {
        audience == "*" ? "every organisation" : "kind \(audience)"
    }
}
