import ArgumentParser

/// `xds-gateway certificate ...`: what the front door thinks of certificates.
struct CertificateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certificate",
        abstract: "Explain certificates and TLS connections beforehand.",
        subcommands: [CertificateExplainCommand.self])
}
