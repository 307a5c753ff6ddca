import AccessControl
import ArgumentParser
import Foundation
import Trust

/// `xds-gateway organisation certificate ...`: by what an organisation is recognised.
struct OrganisationCertificateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certificate",
        abstract: "Add and remove certificates of an organisation.",
        subcommands: [Add.self, Remove.self])

    /// `organisation certificate add`.
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add certificates, beside those that are there.",
            discussion: """
                A certificate given as a file is known by its public key, and a renewal that keeps the key needs nothing. One \
                given by --issuer and --serial is known by that name alone; use it when there is no file at hand.
                """)

        @OptionGroup var options: ConfigurationOptions
        @Argument(help: "Identifier of the organisation.") var identifier: String
        @Argument(help: ArgumentHelp("PEM files.", valueName: "file")) var files: [String] = []
        @OptionGroup var name: CertificateNameOptions

        func validate() throws {
            guard try !files.isEmpty || name.name() != nil else {
                throw ValidationError("give PEM files, or --issuer and --serial")
            }
        }

        func run() async throws {
            let certificates = try files.map { try Certificate.read(pemFile: $0) }
            let names = try name.name().map { [$0] } ?? []
            let identifier = identifier
            try await options.administering { client, record in
                try await client.organisations(recordedBy: record).add(
                    certificates: certificates, names: names, to: identifier)
            }
            for certificate in certificates { Console.say("added: \(certificate.subject)") }
            for name in names { Console.say("added: certificate \(name)") }
        }
    }

    /// `organisation certificate remove`.
    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a certificate; its open connections are refused within a second.")

        @OptionGroup var options: ConfigurationOptions
        @Argument(help: "Identifier of the organisation.") var identifier: String
        @Argument(help: ArgumentHelp("PEM file of the certificate.", valueName: "file")) var file: String?
        @OptionGroup var name: CertificateNameOptions
        @Flag(help: "Also when nobody can connect as the organisation without it.") var evenTheLast = false

        func validate() throws {
            guard try (file != nil) != (name.name() != nil) else {
                throw ValidationError("give the PEM file of the certificate, or its --issuer and --serial")
            }
        }

        func run() async throws {
            let selector: OrganisationRegister.CertificateSelector
            if let name = try name.name() {
                selector = .name(name)
            } else {
                selector = .key(try Certificate.read(pemFile: file ?? "").spkiSHA256)
            }
            let (identifier, permission) = (
                identifier, evenTheLast ? OrganisationRegister.RemovalPermission.evenTheLast : .keepOne
            )
            try await options.administering { client, record in
                try await client.organisations(recordedBy: record).remove(
                    selector, from: identifier, permission: permission)
            }
            Console.say("removed: \(selector)")
        }
    }
}

/// A certificate by what its issuer calls it.
struct CertificateNameOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Issuer, as CN=Some CA,O=Some Organisation,C=NL.", valueName: "name")) var issuer:
        String?
    @Option(help: ArgumentHelp("Serial number, hexadecimal.", valueName: "number")) var serial: String?

    /// The name given; nil without any.
    func name() throws -> CertificateName? {
        guard let issuer, let serial else {
            guard issuer == nil, serial == nil else { throw ValidationError("give both --issuer and --serial") }
            return nil
        }
        return try CertificateName(issuer: issuer, serialNumber: serial)
    }
}
