public import AccessControl
public import ArgumentParser
import Foundation

/// `xds-gateway organisation ...`: who may connect, and what each is allowed.
struct OrganisationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "organisation",
        abstract: "Register organisations and their certificates.",
        subcommands: [
            OrganisationAddCommand.self, List.self, Show.self, Suspend.self, Resume.self,
            OrganisationCertificateCommand.self, OrganisationImportCommand.self, OrganisationHandshakesCommand.self,
            OrganisationDeviationsCommand.self,
        ])

    /// `organisation list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the organisations.")

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let entries = try await options.withDatabase { try await $0.organisations.all() }
            Console.table(
                ["identifier", "status", "ura", "kind", "certificates", "transactions", "name"],
                entries.map { entry in
                    [
                        entry.organisation.identifier, entry.organisation.status.rawValue,
                        entry.organisation.ura ?? "-", entry.organisation.kind ?? "-",
                        String(entry.certificates.count + entry.certificateNames.count),
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
            let entry = try await options.withDatabase { try await $0.organisations.entry(identifier) }
            entry.organisation.lines.forEach { Console.say($0) }
            entry.certificates.forEach { Console.say($0.lines.joined(separator: "\n")) }
            for name in entry.certificateNames {
                Console.say("certificate   known by its issuer and number")
                Console.say("  issuer      \(name.issuer)")
                Console.say("  serial      \(name.serialNumber)")
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

extension Organisation {
    /// As `organisation show` prints it.
    fileprivate var lines: [String] {
        let sourceIDs =
            switch sourceIDs {
            case .any: "any"
            case .only(let allowed): allowed.sorted().joined(separator: ", ")
            }
        let limits = [
            limits.requests.map { "\($0) requests at once" }, limits.bytes.map { "\($0) bytes at once" },
            limits.requestsPerSecond.map { "\($0) requests a second" },
        ].compactMap { $0 }
        return [
            "identifier    \(identifier)", "name          \(name)", "ura           \(ura ?? "-")",
            "kind          \(kind ?? "-")", "community     \(homeCommunityID ?? "-")",
            "status        \(status.rawValue)", "transactions  \(transactions.sorted().joined(separator: ", "))",
            "sourceIds     \(sourceIDs)", "reading       \(reading.rawValue)", "updates       \(updateScope.rawValue)",
            "limits        \(limits.isEmpty ? "as configured" : limits.joined(separator: ", "))",
            "sees          confidentialityCodes \(Self.codes(visibility.confidentialityCodes)), "
                + "classCodes \(Self.codes(visibility.classCodes))",
            "contact       \(contact ?? "-")",
        ]
    }
}

extension Organisation {
    private static func codes(_ codes: Set<String>?) -> String { codes?.sorted().joined(separator: " ") ?? "any" }
}

extension OrganisationRegister.RegisteredCertificate {
    /// As `organisation show` prints it.
    fileprivate var lines: [String] {
        [
            "certificate   \(subject)", "  issuer      \(issuer)", "  serial      \(serialNumber)",
            "  valid to    \(notAfter.formatted(.iso8601))",
            "  SPKI        \(spkiSHA256.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())",
        ]
    }
}

extension ConfigurationOptions {
    fileprivate func setStatus(_ status: Organisation.Status, of identifier: String) async throws {
        try await administering { client, record in
            try await client.organisations(recordedBy: record).setStatus(status, of: identifier)
        }
        Console.say("organisation \(identifier) is \(status.rawValue)")
    }
}
