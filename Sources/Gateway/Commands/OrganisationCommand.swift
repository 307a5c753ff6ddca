public import AccessControl
public import ArgumentParser
import Foundation
import Trust
import XDSMetadata

/// `xds-gateway organisation ...`: who may connect, and what each is allowed.
struct OrganisationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "organisation",
        abstract: "Register organisations and their certificates.",
        subcommands: [Add.self, List.self, Show.self, Suspend.self, Resume.self])

    /// `organisation add`.
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add an organisation, or change the one with the same identifier.",
            discussion: """
                The certificate of a connection leads to the organisation by its public key (--certificate), or by the \
                URA that a UZI server certificate carries (--ura). A running daemon sees the change within a second. \
                An organisation that is suspended stays so, and what is not given stays as it is.
                """)

        @OptionGroup var options: ConfigurationOptions
        @Argument(help: "Short name: lower-case letters, digits, hyphens. Stands in logs and metrics.")
        var identifier: String
        @Option(help: "Full name; needed for a new organisation.") var name: String?
        @Option(help: "Number in the register of care organisations, 8 digits.") var ura: String?
        @Option(
            help: ArgumentHelp("PEM file with a certificate of the organisation; may be repeated.", valueName: "file"))
        var certificate: [String] = []
        @Option(
            help: ArgumentHelp(
                "Transactions it may call, as ITI-18,ITI-43, or all (new organisation: those to submit, find and retrieve).",
                valueName: "list")
        )
        var transactions: String?
        @Option(
            name: .customLong("source-id"),
            help: "sourceId it may submit under; may be repeated (new organisation: any).")
        var sourceIDs: [String] = []
        @Option(
            help: ArgumentHelp(
                "strict refuses what departs from the standard, lenient understands and counts it (new organisation: lenient).",
                valueName: "lenient|strict"))
        var reading: Organisation.Reading?
        @Option(
            name: .customLong("updates"),
            help: ArgumentHelp(
                "Whose objects it may update and remove, given the transaction: its own or any (new organisation: own).",
                valueName: "own|any"))
        var updateScope: Organisation.UpdateScope?
        @Option(help: "Whom to call.") var contact: String?

        func run() async throws {
            let transactions = try allowedTransactions()
            let certificates = try certificate.map { try Certificate.read(pemFile: $0) }
            let (identifier, name, ura, sourceIDs, contact) = (identifier, name, ura, sourceIDs, contact)
            let (reading, updateScope) = (reading, updateScope)
            let status = try await options.withDatabase { client in
                let register = OrganisationRegister(client: client)
                let known = try await register.all().first { $0.organisation.identifier == identifier }
                guard let name = name ?? known?.organisation.name else {
                    throw ValidationError("give --name; there is no organisation \(identifier) yet")
                }
                let organisation = Organisation(
                    identifier: identifier, name: name, ura: ura ?? known?.organisation.ura,
                    transactions: transactions ?? known?.organisation.transactions
                        ?? Set(TransactionID.ordinary.map(\.rawValue)),
                    sourceIDs: sourceIDs.isEmpty ? known?.organisation.sourceIDs ?? .any : .only(Set(sourceIDs)),
                    reading: reading ?? known?.organisation.reading ?? .lenient,
                    updateScope: updateScope ?? known?.organisation.updateScope ?? .own,
                    contact: contact ?? known?.organisation.contact)
                guard organisation.ura != nil || !certificates.isEmpty || known?.certificates.isEmpty == false else {
                    throw ValidationError(
                        "give --certificate or --ura; without either nobody could connect as \(identifier)")
                }
                return try await register.put(organisation, certificates: certificates)
            }
            Console.say("organisation \(identifier) registered, \(certificates.count) certificate(s)")
            if status == .suspended {
                Console.say("it stays suspended; to admit it: xds-gateway organisation resume \(identifier)")
            }
        }

        /// The transactions given; `nil` when none are.
        private func allowedTransactions() throws -> Set<String>? {
            let all = Set(TransactionID.served.map(\.rawValue))
            guard let transactions else { return nil }
            if transactions == "all" { return all }
            let wanted = Set(transactions.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) })
            let unknown = wanted.subtracting(all).sorted()
            guard unknown.isEmpty else {
                throw ValidationError(
                    "unknown transaction \(unknown.joined(separator: ", ")); there are \(all.sorted().joined(separator: ", "))"
                )
            }
            return wanted
        }
    }

    /// `organisation list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the organisations.")

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let entries = try await options.withDatabase { try await OrganisationRegister(client: $0).all() }
            Console.table(
                ["identifier", "status", "ura", "certificates", "transactions", "name"],
                entries.map { entry in
                    [
                        entry.organisation.identifier, entry.organisation.status.rawValue,
                        entry.organisation.ura ?? "-",
                        String(entry.certificates.count),
                        entry.organisation.transactions.sorted().joined(separator: ","),
                        entry.organisation.name,
                    ]
                })
        }
    }

    /// `organisation show`.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show one organisation with its certificates.")

        @OptionGroup var options: ConfigurationOptions
        @Argument(help: "Identifier or URA.") var identifier: String

        func run() async throws {
            let identifier = identifier
            let entry = try await options.withDatabase { try await OrganisationRegister(client: $0).entry(identifier) }
            let organisation = entry.organisation
            let sourceIDs =
                switch organisation.sourceIDs {
                case .any: "any"
                case .only(let allowed): allowed.sorted().joined(separator: ", ")
                }
            Console.say("identifier    \(organisation.identifier)")
            Console.say("name          \(organisation.name)")
            Console.say("ura           \(organisation.ura ?? "-")")
            Console.say("status        \(organisation.status.rawValue)")
            Console.say("transactions  \(organisation.transactions.sorted().joined(separator: ", "))")
            Console.say("sourceIds     \(sourceIDs)")
            Console.say("reading       \(organisation.reading.rawValue)")
            Console.say("updates       \(organisation.updateScope.rawValue)")
            Console.say("contact       \(organisation.contact ?? "-")")
            for certificate in entry.certificates {
                Console.say("certificate   \(certificate.subject)")
                Console.say("  issuer      \(certificate.issuer)")
                Console.say("  serial      \(certificate.serialNumber)")
                Console.say("  valid to    \(certificate.notAfter.formatted(.iso8601))")
                Console.say(
                    "  SPKI        \(certificate.spkiSHA256.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())"
                )
            }
        }
    }

    /// `organisation suspend`.
    struct Suspend: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Refuse an organisation from now on, open connections included.")

        @OptionGroup var options: ConfigurationOptions
        @Argument(help: "Identifier.") var identifier: String

        func run() async throws {
            try await options.setStatus(.suspended, of: identifier)
        }
    }

    /// `organisation resume`.
    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Admit a suspended organisation again.")

        @OptionGroup var options: ConfigurationOptions
        @Argument(help: "Identifier.") var identifier: String

        func run() async throws {
            try await options.setStatus(.active, of: identifier)
        }
    }
}

extension Organisation.Reading: ExpressibleByArgument {}
extension Organisation.UpdateScope: ExpressibleByArgument {}

extension ConfigurationOptions {
    fileprivate func setStatus(_ status: Organisation.Status, of identifier: String) async throws {
        try await withDatabase { client in
            try await OrganisationRegister(client: client).setStatus(status, of: identifier)
        }
        Console.say("organisation \(identifier) is \(status.rawValue)")
    }
}
