import AccessControl
import ArgumentParser
import Foundation
import Logging
import PostgresKit

/// Where a command finds its configuration.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "YAML configuration file (default: XDS_CONFIG, or the environment alone).", valueName: "file"))
    var config: String?

    /// Reads and checks the configuration of this process.
    func load() async throws -> GatewayConfiguration {
        let environment = ProcessInfo.processInfo.environment
        let source = try await ConfigurationSource.read(
            file: config ?? environment["XDS_CONFIG"], environment: environment)
        return try GatewayConfiguration(source)
    }

    /// Runs a short piece of administration on the configured database.
    func withDatabase<R: Sendable>(_ body: @escaping @Sendable (PostgresClient) async throws -> R) async throws -> R {
        try await administering { client, _ in try await body(client) }
    }

    /// The same for what has to be recorded.
    func administering<R: Sendable>(
        _ body: @escaping @Sendable (PostgresClient, AdministrationRecord) async throws -> R
    ) async throws -> R {
        let configuration = try await load()
        let client = PostgresClient(configuration: configuration.database.clientConfiguration, logger: Self.logger)
        let record = AdministrationRecord(
            source: .thisProcess(node: configuration.audit.node), signingKeyFile: configuration.audit.signingKey)
        return try await client.whileOpen { try await body(client, record) }
    }

    /// What goes wrong below a command, on standard error.
    static let logger: Logger = {
        var logger = Logger(label: "xds-gateway", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = .error
        return logger
    }()
}

extension GatewayConfiguration.Database {
    /// For ``PostgresClient``.
    var clientConfiguration: PostgresConfiguration {
        var configuration = PostgresConfiguration(conninfo: conninfo)
        configuration.applicationName = "xds-gateway"
        configuration.sharedConnections = sharedConnections
        configuration.leasedConnections = transactionConnections
        configuration.queryTimeout = query
        configuration.statementTimeout = query
        configuration.connectWait = wait
        configuration.leaseWait = wait
        return configuration
    }
}

extension PostgresClient {
    /// The register of organisations, to read.
    var organisations: OrganisationRegister { OrganisationRegister(client: self) }

    /// The register of organisations; what an administrator changes in it is recorded.
    func organisations(recordedBy record: AdministrationRecord) -> OrganisationRegister {
        OrganisationRegister(client: self, record: record.write)
    }

    /// Closes the connections when `body` is done, for commands that are no daemon.
    func whileOpen<R: Sendable>(_ body: () async throws -> R) async throws -> R {
        do {
            let result = try await body()
            await shutDown()
            return result
        } catch {
            await shutDown()
            throw error
        }
    }
}
