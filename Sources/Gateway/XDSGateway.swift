import ArgumentParser

/// The daemon and its administration, one binary.
@main
struct XDSGateway: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "xds-gateway",
        abstract: "Document registry, document repository and gateway of a care region (IHE XDS.b).",
        discussion: """
            Start with "xds-gateway demo", which sets everything up for itself. A real installation needs a \
            configuration file (docs/operations.md), "xds-gateway migrate", organisations, and "xds-gateway serve".
            """,
        subcommands: [
            ServeCommand.self, DemoCommand.self, MigrateCommand.self, OrganisationCommand.self, CertificateCommand.self,
            PatientCommand.self, ConsentCommand.self, AccessCommand.self,
        ])
}
