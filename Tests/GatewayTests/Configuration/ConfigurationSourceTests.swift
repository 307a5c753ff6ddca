import Foundation
import Logging
import Testing
import XDSMetadata

@testable import Gateway

@Suite("Configuration from a YAML file and the environment")
struct ConfigurationSourceTests {
    private static let minimum = ConfigurationFolder.minimum

    /// The least configuration with more keys of a section.
    private static func with(_ section: String, _ line: String) -> String {
        minimum.replacingOccurrences(of: section + ":\n", with: "\(section):\n  \(line)\n")
    }

    // MARK: What is good

    @Test("the least configuration has the documented defaults; paths are relative to the file")
    func readsDefaults() async throws {
        try await ConfigurationFolder.with { folder async throws in
            let configuration = try await folder.read(Self.minimum)
            #expect(configuration.server.host == "0.0.0.0")
            #expect(configuration.server.port == 8443)
            #expect(configuration.server.publicAddress == nil)
            #expect(configuration.server.certificate == folder.path + "/server.pem")
            #expect(configuration.server.trustAnchors == folder.path + "/ca.pem")
            #expect(configuration.server.revocationLists == nil)
            #expect(configuration.server.shutdown == .seconds(30))
            #expect(configuration.operationsHost == "127.0.0.1")
            #expect(configuration.database.conninfo == "host=/tmp/geheim password=welkom01")
            #expect(configuration.database.sharedConnections == 6)
            #expect(configuration.repository.uniqueID.text == "2.999.2.1")
            #expect(configuration.repository.folder == folder.path + "/documents")
            #expect(configuration.repository.documentBytes == 2_147_483_648)
            #expect(configuration.homeCommunityID.urn == "urn:oid:2.999.7")
            #expect(configuration.limits.depth == 64)
            #expect(configuration.limits.submissionObjects == 2_000)
            #expect(configuration.organisationsRefresh == .seconds(1))
            #expect(configuration.logLevel == .info)
            #expect(configuration.logFormat == .text)
        }
    }

    @Test("every default satisfies the check of its own key")
    func checksDefaults() async throws {
        try await ConfigurationFolder.with { folder async throws in
            for key in ConfigurationKey.all where key.fallback != nil {
                let given = [key.environmentVariable: key.fallback ?? ""]
                let problems = try await folder.problems(Self.minimum, environment: given)
                #expect(problems == [], "\(key.name)")
            }
        }
    }

    @Test("every key stands in docs/operations.md with its default, and no other does")
    func documentsKeys() throws {
        let text = try String(contentsOfFile: TestSurroundings.root + "/docs/operations.md", encoding: .utf8)
        var documented: [String: String] = [:]
        for row in text.matches(of: /(?m)^\| `([a-z]\w+\.\w+)` \| (.*?) \|/) {
            documented[String(row.output.1)] = String(row.output.2.filter { $0 != "`" })
        }
        // One row speaks for the keys of all attributes.
        let attributes = Set(CodedAttribute.allCases.map { "valueSets.\($0.rawValue)" })
        #expect(documented.removeValue(forKey: "valueSets.ATTRIBUTE") == "-")
        let keys = ConfigurationKey.all.filter { !attributes.contains($0.name) }
        #expect(Set(keys.map(\.name)) == Set(documented.keys))
        for key in keys {
            guard let value = key.fallback else { continue }
            #expect(documented[key.name] == value, "\(key.name)")
        }
    }

    @Test("the environment alone is enough, and wins over the file, also for keys with capitals")
    func readsEnvironment() async throws {
        try await ConfigurationFolder.with { folder async throws in
            let alone = try GatewayConfiguration(
                try await ConfigurationSource.read(file: nil, environment: folder.environment))
            #expect(alone.repository.uniqueID.text == "2.999.2.2")
            #expect(alone.server.trustAnchors == folder.path + "/ca.pem")

            let over = try await folder.read(
                Self.with("server", "handshakeSeconds: 20"),
                environment: [
                    "XDS_SERVER_HANDSHAKE_SECONDS": "7", "XDS_SERVER_PORT": "9999", "XDS_LIMITS_XML": "",
                    "XDS_REPOSITORY_UNIQUE_ID": "2.999.2.3", "XDS_LOG_FORMAT": "json",
                ].filter { $0.key != "XDS_LIMITS_XML" })
            #expect(over.server.handshake == .seconds(7))
            #expect(over.server.port == 9999)
            #expect(over.repository.uniqueID.text == "2.999.2.3")
            #expect(over.logFormat == .json)
            #expect(
                over.homeCommunityID.urn == "urn:oid:2.999.7", "what the environment leaves out comes from the file")
        }
    }

    @Test(
        "names of variables: capitals inside a key become underscores",
        arguments: [
            ("server.trustAnchors", "XDS_SERVER_TRUST_ANCHORS"),
            ("server.bodyBytesPerSecond", "XDS_SERVER_BODY_BYTES_PER_SECOND"),
            ("repository.uniqueId", "XDS_REPOSITORY_UNIQUE_ID"), ("log.level", "XDS_LOG_LEVEL"),
        ])
    func namesVariables(_ name: String, _ variable: String) throws {
        let key = try #require(ConfigurationKey.all.first { $0.name == name })
        #expect(key.environmentVariable == variable)
    }

    @Test("no two keys share a name or a variable")
    func namesAreUnique() {
        #expect(Set(ConfigurationKey.all.map(\.name)).count == ConfigurationKey.all.count)
        #expect(Set(ConfigurationKey.all.map(\.environmentVariable)).count == ConfigurationKey.all.count)
    }

    @Test("variables of others that share the prefix are not looked at")
    func leavesOtherVariables() async throws {
        try await ConfigurationFolder.with { folder async throws in
            let environment = ["XDS_TEST_POSTGRES": "x", "XDS_CONFIG": "y", "XDS_SAMPLES": "z", "PATH": "/bin"]
            #expect(try await folder.problems(Self.minimum, environment: environment) == [])
        }
    }

    @Test("numbers may be quoted, and text may look like a number")
    func readsScalars() async throws {
        try await ConfigurationFolder.with { folder async throws in
            #expect(try await folder.read(Self.with("server", "port: \"8444\"")).server.port == 8444)
            #expect(try await folder.read(Self.with("server", "host: 127")).server.host == "127")
            #expect(try await folder.read("---\n# commentaar\n" + Self.minimum + "\n...\n").server.port == 8443)
        }
    }

    // MARK: What is wrong

    @Test("a key nobody knows is named, with the key that may be meant")
    func refusesUnknownKey() async throws {
        try await ConfigurationFolder.with { folder async throws in
            let cases: [(section: String, line: String, key: String, suggestion: String?)] = [
                ("server", "trustanchors: ca.pem", "server.trustanchors", "server.trustAnchors"),
                ("server", "uniqueId: 1.2", "server.uniqueId", "repository.uniqueId"),
                ("server", "prot: 8443", "server.prot", "server.port"),
                ("database", "coninfo: x", "database.coninfo", "database.conninfo"),
                ("server", "threads: {count: 1}", "server.threads.count", nil),
                ("server", "kleur: rood", "server.kleur", nil),
            ]
            for (section, line, key, suggestion) in cases {
                let problems = try await folder.problems(Self.with(section, line))
                let problem = try #require(problems.first { $0.hasPrefix(key + ":") }, "\(problems)")
                #expect(problem.contains("no such key"))
                #expect(problem.contains("xds.yaml"))
                if let suggestion {
                    #expect(problem.contains("did you mean \(suggestion)?"), "\(problem)")
                } else {
                    #expect(!problem.contains("did you mean"), "\(problem)")
                }
                #expect(problems.count == 1)
            }
            let section = try await folder.problems(Self.minimum + "\nservers:\n  port: 1\n")
            #expect(section.count == 1)
            #expect(section.first?.hasPrefix("servers.port:") == true)
            #expect(section.first?.contains("did you mean server.port?") == true)
        }
    }

    @Test("a variable of a section that is no key is named")
    func refusesUnknownVariable() async throws {
        try await ConfigurationFolder.with { folder async throws in
            let problems = try await folder.problems(
                Self.minimum, environment: ["XDS_SERVER_PROT": "1", "XDS_LOG_LEVELS": "x"])
            #expect(problems.count == 2)
            #expect(problems.first?.hasPrefix("XDS_LOG_LEVELS:") == true)
            #expect(problems.last?.hasPrefix("XDS_SERVER_PROT:") == true)
        }
    }

    @Test(
        "a value of the wrong type or out of range is named with what is asked",
        arguments: [
            ("server", "port: https", "server.port"), ("server", "port: 65536", "server.port"),
            ("server", "port: -1", "server.port"), ("server", "port: 84.5", "server.port"),
            ("server", "port: true", "server.port"), ("server", "port: 99999999999999999999", "server.port"),
            ("server", "port: [1, 2]", "server.port"), ("server", "host: [a, b]", "server.host"),
            ("repository", "threads: 0", "repository.threads"),
            ("repository", "documentBytes: 1 GiB", "repository.documentBytes"),
        ])
    func refusesWrongType(_ section: String, _ line: String, _ key: String) async throws {
        try await ConfigurationFolder.with { folder async throws in
            let problems = try await folder.problems(Self.with(section, line))
            #expect(problems.count == 1)
            #expect(problems.first?.hasPrefix(key + ": ") == true, "\(problems)")
            if key.hasSuffix("port") { #expect(problems.first?.contains("a whole number from 0 to 65535") == true) }
        }
    }

    @Test("a word that is none of the list is named with the list")
    func refusesWord() async throws {
        try await ConfigurationFolder.with { folder async throws in
            let problems = try await folder.problems(Self.minimum + "\nlog:\n  level: chatty\n  format: XML\n")
            #expect(problems.count == 2)
            #expect(problems.contains("log.format: must be one of text, json, not \"XML\""))
            #expect(problems.contains { $0.hasPrefix("log.level: must be one of trace, debug, info") })
        }
    }

    @Test("paths that are not there, or not of their kind, are named with key and path")
    func refusesPaths() async throws {
        try await ConfigurationFolder.with { folder async throws in
            let cases = [
                (
                    "certificate: server.pem", "certificate: weg.pem",
                    "server.certificate: \(folder.path)/weg.pem is not a file that can be read"
                ),
                (
                    "key: server.key", "key: documents",
                    "server.key: \(folder.path)/documents is not a file that can be read"
                ),
                (
                    "folder: documents", "folder: weg",
                    "repository.folder: \(folder.path)/weg is not a folder; make it first"
                ),
                (
                    "folder: documents", "folder: ca.pem",
                    "repository.folder: \(folder.path)/ca.pem is not a folder; make it first"
                ),
                (
                    "key: server.key", "key: server.key\n  revocationLists: /weg",
                    "server.revocationLists: /weg is not a file or folder that can be read"
                ),
            ]
            for (good, bad, problem) in cases {
                let yaml = Self.minimum.replacingOccurrences(of: good, with: bad)
                #expect(try await folder.problems(yaml) == [problem])
            }
            for lists in ["documents", "ca.pem"] {
                let yaml = Self.with("server", "revocationLists: \(lists)")
                #expect(try await folder.read(yaml).server.revocationLists == "\(folder.path)/\(lists)")
            }
        }
    }

    @Test("required keys that are missing, empty or null are named with meaning and variable")
    func refusesMissing() async throws {
        try await ConfigurationFolder.with { folder async throws in
            let required = ConfigurationKey.all.filter { $0.fallback == nil && !$0.isOptional }
            #expect(required.count == 7)
            let nothing = try await folder.problems("")
            for key in required {
                #expect(
                    nothing.contains { $0.hasPrefix("\(key.name): missing") && $0.contains(key.environmentVariable) },
                    "\(key.name)")
            }
            #expect(nothing.count == required.count)
            for value in ["\"\"", "", "~", "null"] {
                let yaml = Self.minimum.replacingOccurrences(of: "uniqueId: 2.999.2.1", with: "uniqueId: \(value)")
                let problems = try await folder.problems(yaml)
                #expect(problems.count == 1)
                #expect(problems.first?.hasPrefix("repository.uniqueId: missing") == true, "\(value): \(problems)")
            }
            let empty = try await folder.problems(Self.minimum, environment: ["XDS_REPOSITORY_UNIQUE_ID": ""])
            #expect(empty.first?.hasPrefix("repository.uniqueId: missing") == true)
        }
    }

    @Test("identifiers that the Framework would refuse are named before anything starts")
    func refusesIdentifiers() async throws {
        try await ConfigurationFolder.with { folder async throws in
            let yaml =
                Self.minimum.replacingOccurrences(of: "2.999.2.1", with: "2.999..1")
                .replacingOccurrences(of: "urn:oid:2.999.7", with: "community-7")
                + "\nregistry:\n  patientDomain: bsn\n"
            let problems = try await folder.problems(yaml)
            #expect(problems.count == 3)
            for key in ["repository.uniqueId", "community.homeCommunityId", "registry.patientDomain"] {
                #expect(problems.contains { $0.hasPrefix(key + ": \"") }, "\(key)")
            }
        }
    }

    @Test("all problems are told at once")
    func collectsProblems() async throws {
        try await ConfigurationFolder.with { folder async throws in
            let yaml = """
                server:
                  certificate: weg.pem
                  port: https
                  colour: red
                repository:
                  uniqueId: geen-oid
                log:
                  format: xml
                """
            let problems = try await folder.problems(yaml, environment: ["XDS_SERVER_PROT": "1"])
            for start in [
                "server.colour:", "XDS_SERVER_PROT:", "server.certificate:", "server.port:", "server.key: missing",
                "server.trustAnchors: missing", "database.conninfo: missing", "repository.folder: missing",
                "repository.uniqueId:", "community.homeCommunityId: missing", "log.format:",
            ] {
                #expect(problems.count { $0.hasPrefix(start) } == 1, "\(start)")
            }
            #expect(problems.count == 11)
            let text = ConfigurationError(problems: problems).description
            #expect(text.split(separator: "\n").count == 12)
            #expect(text.hasPrefix("the configuration cannot be used:\n  "))
        }
    }

    @Test("no message shows a secret")
    func hidesSecrets() async throws {
        try await ConfigurationFolder.with { folder async throws in
            let yaml = Self.with("server", "port: x").replacingOccurrences(of: "conninfo:", with: "coninfo:")
            let problems = try await folder.problems(yaml)
            #expect(problems.count == 3)
            #expect(!problems.joined().contains("welkom01"))
        }
    }

    @Test("a file that is not there or no YAML is named", arguments: ["weg", "tabs", "list", "text", "twice"])
    func refusesFile(_ kind: String) async throws {
        try await ConfigurationFolder.with { folder async throws in
            if kind == "weg" {
                let path = folder.path + "/weg.yaml"
                let error = await #expect(throws: ConfigurationError.self) {
                    _ = try await ConfigurationSource.read(file: path, environment: [:])
                }
                #expect(error?.problems.count == 1)
                #expect(error?.problems.first?.hasPrefix(path + ": cannot be read") == true)
                return
            }
            let texts = [
                "tabs": "server:\n\tport: 1\n  - x: [", "list": "- a\n- b\n", "text": "hallo",
                "twice": Self.with("server", "key: server.key"),
            ]
            let problems = try await folder.problems(texts[kind] ?? "")
            #expect(problems.count == 1)
            #expect(problems.first?.hasPrefix(folder.path + "/xds.yaml: ") == true, "\(problems)")
        }
    }
}
