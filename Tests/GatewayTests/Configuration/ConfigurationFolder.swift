import Foundation

@testable import Gateway

/// A folder with everything a good configuration refers to.
struct ConfigurationFolder {
    /// The folder.
    let path: String

    /// Runs a body with a folder; it is gone afterwards.
    static func with<R>(_ body: (ConfigurationFolder) async throws -> R) async throws -> R {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("xds-config-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path + "/documents", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        for file in ["server.pem", "server.key", "ca.pem"] {
            try Data("x".utf8).write(to: URL(fileURLWithPath: "\(path)/\(file)"))
        }
        return try await body(ConfigurationFolder(path: path))
    }

    /// The least that a configuration must have.
    static let minimum = """
        server:
          certificate: server.pem
          key: server.key
          trustAnchors: ca.pem
        database:
          conninfo: "host=/tmp/geheim password=welkom01"
        repository:
          uniqueId: 2.999.2.1
          folder: documents
        community:
          homeCommunityId: urn:oid:2.999.7
        """

    /// Variables that say the same.
    var environment: [String: String] {
        [
            "XDS_SERVER_CERTIFICATE": path + "/server.pem", "XDS_SERVER_KEY": path + "/server.key",
            "XDS_SERVER_TRUST_ANCHORS": path + "/ca.pem", "XDS_DATABASE_CONNINFO": "host=/tmp/geheim",
            "XDS_REPOSITORY_UNIQUE_ID": "2.999.2.2", "XDS_REPOSITORY_FOLDER": path + "/documents",
            "XDS_COMMUNITY_HOME_COMMUNITY_ID": "urn:oid:2.999.8",
        ]
    }

    /// Reads a file of this text.
    func read(_ yaml: String, environment: [String: String] = [:]) async throws -> GatewayConfiguration {
        let file = path + "/xds.yaml"
        try Data(yaml.utf8).write(to: URL(fileURLWithPath: file))
        return try GatewayConfiguration(try await ConfigurationSource.read(file: file, environment: environment))
    }

    /// What is wrong with a file of this text; empty if it is good.
    func problems(_ yaml: String, environment: [String: String] = [:]) async throws -> [String] {
        do {
            _ = try await read(yaml, environment: environment)
            return []
        } catch let error as ConfigurationError {
            return error.problems
        }
    }
}
