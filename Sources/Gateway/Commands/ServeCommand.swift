import ArgumentParser
import Logging

/// `xds-gateway serve`: the daemon.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the daemon until SIGTERM or SIGINT.",
        discussion: "A stop finishes what was accepted, within server.shutdownSeconds.")

    @OptionGroup var options: ConfigurationOptions
    @Flag(help: "Apply missing migrations before serving.") var migrate = false

    func run() async throws {
        let configuration = try await options.load()
        let logger = DaemonLog.bootstrap(configuration)
        try await GatewayDaemon(configuration: configuration, logger: logger).run(migrating: migrate)
    }
}
