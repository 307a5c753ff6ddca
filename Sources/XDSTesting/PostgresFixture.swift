import FoundationEssentials
public import Logging
public import PostgresKit

/// Databases for tests, on the server that the environment variable `XDS_TEST_POSTGRES` names.
///
/// The variable has a connection string of libpq for a role that may create databases, on a server that is there for
/// tests only. `make test` starts one and sets it.
public enum PostgresFixture {
    /// Why there is no database for a test.
    public struct Unavailable: Error, CustomStringConvertible {
        /// What to do about it.
        public let description: String
    }

    /// The name of the environment variable.
    public static let variable = "XDS_TEST_POSTGRES"

    /// A logger that says nothing, for clients in tests.
    public static var silentLogger: Logger {
        Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    }

    /// The connection string of the server.
    /// - Throws: ``Unavailable`` when the variable is not set: tests fail then, they are not skipped.
    public static func server() throws -> String {
        guard let conninfo = ProcessInfo.processInfo.environment[variable], !conninfo.isEmpty else {
            throw Unavailable(
                description: "\(variable) is not set: run the tests with `make test`, or give it the libpq "
                    + "connection string of a private PostgreSQL server, for example "
                    + "\"host=/tmp/pg/sock user=postgres dbname=postgres\"")
        }
        return conninfo
    }

    /// Runs a body with a new database of its own and drops the database afterwards, whatever happened.
    /// - Parameter body: gets the connection string of the database.
    public static func withDatabase<R: Sendable>(_ body: (String) async throws -> R) async throws -> R {
        let server = try server()
        let name = "xds_test_" + UUID().uuidString.lowercased().filter { $0 != "-" }
        try await administer(server, "create database \(unescaped: name)")
        do {
            let result = try await body(PostgresConfiguration.conninfo(server, database: name))
            try await administer(server, "drop database \(unescaped: name) with (force)")
            return result
        } catch {
            try await administer(server, "drop database \(unescaped: name) with (force)")
            throw error
        }
    }

    /// Runs a body with a client of a new database; both are gone afterwards.
    /// - Parameter configure: changes the configuration of the client.
    public static func withClient<R: Sendable>(
        configure: (inout PostgresConfiguration) -> Void = { _ in },
        _ body: (PostgresClient) async throws -> R
    ) async throws -> R {
        try await withDatabase { conninfo in
            var configuration = PostgresConfiguration(conninfo: conninfo)
            configuration.shutdownWait = .seconds(5)
            configure(&configuration)
            return try await withClient(configuration, body)
        }
    }

    /// Runs a body with a client and shuts the client down afterwards.
    public static func withClient<R: Sendable>(
        _ configuration: PostgresConfiguration, _ body: (PostgresClient) async throws -> R
    ) async throws -> R {
        let client = PostgresClient(configuration: configuration, logger: silentLogger)
        do {
            let result = try await body(client)
            await client.shutDown()
            return result
        } catch {
            await client.shutDown()
            throw error
        }
    }

    private static func administer(_ server: String, _ query: PostgresQuery) async throws {
        var configuration = PostgresConfiguration(conninfo: server)
        configuration.sharedConnections = 1
        try await withClient(configuration) { client in
            _ = try await client.query(query, timeout: .seconds(60))
        }
    }
}
