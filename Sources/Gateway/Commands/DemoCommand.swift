import ArgumentParser
import Foundation
import Logging
import PostgresKit
import Schemas
import Synchronization
import UnixSignals
import XDSMetadata

/// `xds-gateway demo`: a region of its own under `.demo/`, the main job on real documents, then a daemon to try.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Set up a private region under .demo/, show the main job on real documents, and keep serving.",
        discussion: """
            "make demo" builds and calls this. Configuration keys are overridden by XDS_SECTION_KEY as always, so that \
            two demos can run side by side: XDS_SERVER_PORT=9444 XDS_OPERATIONS_PORT=9445 XDS_MLLP_PORT=9446 make demo.
            """)

    @Option(help: ArgumentHelp("Folder of the repository.", valueName: "folder"))
    var root = FileManager.default.currentDirectoryPath
    @Option(help: ArgumentHelp("Folder the demo keeps its things in (default: ROOT/.demo).", valueName: "folder"))
    var state: String?
    @Flag(help: "End after the transcript; exit status 0 only if every step was right.") var once = false

    func run() async throws {
        let state = state ?? root + "/.demo"
        // Held to the end, so that a signal never ends this process before its PostgreSQL is stopped.
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let result: Result<Bool, any Error>
        do {
            let region = try await Interruptible.run(until: signals) { try await prepare(state: state) }
            result = .success(try await serve(region))
        } catch {
            result = .failure(error)
        }
        if FileManager.default.fileExists(atPath: state + "/postgres") {
            _ = try await Script.run("postgres.sh", ["stop", state + "/postgres"], root: root)
        }
        guard try result.get() else { throw ExitCode.failure }
    }

    /// What the demo runs on.
    private struct Region: Sendable {
        let pki: String
        let file: String
        let configuration: GatewayConfiguration
        let logger: Logger
    }

    /// Makes or finds certificates, PostgreSQL, configuration, organisations and patients.
    private func prepare(state: String) async throws -> Region {
        let pki = state + "/pki"
        let log = state + "/gateway.log"
        try FileManager.default.createDirectory(atPath: state + "/documents", withIntermediateDirectories: true)
        Console.say("ZorgNetOost XDS: a region on this machine, under \(state)")
        _ = try await Script.run("pki.sh", [pki], root: root)
        Console.say("  certificates      \(pki)/ca.pem and NAME.pem, NAME.key")
        _ = try await Script.run("postgres.sh", ["start", state + "/postgres"], root: root)
        let conninfo = try await Script.run("postgres.sh", ["conninfo", state + "/postgres"], root: root)
        Console.say("  PostgreSQL        \(conninfo)")
        let file = state + "/xds-gateway.yaml"
        try configurationFile(pki: pki, conninfo: conninfo, documents: state + "/documents")
            .write(toFile: file, atomically: true, encoding: .utf8)
        let source = try await ConfigurationSource.read(file: file, environment: ProcessInfo.processInfo.environment)
        let configuration = try GatewayConfiguration(source)
        Console.say("  configuration     \(file)")
        Console.say("  log               \(log)")

        let logger = try DaemonLog.bootstrap(configuration, file: log)
        let client = PostgresClient(configuration: configuration.database.clientConfiguration, logger: logger)
        try await client.whileOpen {
            _ = try await Migrator(migrations: Schemas.migrations.map(Migration.init), client: client, logger: logger)
                .migrate()
            try await DemoRegion(pki: pki).register(in: client)
        }
        return Region(pki: pki, file: file, configuration: configuration, logger: logger)
    }

    /// Runs the daemon with the walkthrough inside; says whether every step was right.
    private func serve(_ region: Region) async throws -> Bool {
        let (configuration, pki, file) = (region.configuration, region.pki, region.file)
        let outcome = DemoOutcome()
        let demo = self
        try await GatewayDaemon(configuration: configuration, logger: region.logger).run(migrating: false) {
            addresses in
            let failures = try await demo.walkthrough(configuration, pki: pki, addresses: addresses).run()
            outcome.set(failures)
            Console.say()
            if failures.isEmpty {
                Console.say("Every step was right.")
            } else {
                Console.say("\(failures.count) step(s) went wrong:")
                for failure in failures { Console.say("  " + failure) }
            }
            guard !demo.once else { return }
            demo.explain(pki: pki, addresses: addresses, configuration: configuration, file: file)
            // Serves until a signal stops the daemon, which cancels this sleep.
            try await Task.sleep(for: .seconds(86_400 * 365))
        }
        return outcome.isSuccess
    }

    private func walkthrough(
        _ configuration: GatewayConfiguration, pki: String, addresses: GatewayDaemon.Addresses
    ) throws -> Walkthrough {
        let run = String(Int(Date.now.timeIntervalSince1970 * 1_000))
        return Walkthrough(
            address: "https://localhost:\(addresses.frontDoor)", mllpPort: addresses.mllp, pki: pki,
            documents: try DemoDocument.samples(folder: root + "/Tests/Fixtures/documents", run: run),
            messages: DemoMessages(
                patientID: DemoRegion.patients[0], repositoryUniqueID: configuration.repository.uniqueID.text, run: run),
            unknownPatient: DemoRegion.unknownPatient)
    }

    private func configurationFile(pki: String, conninfo: String, documents: String) -> String {
        """
        # Written by "xds-gateway demo" at every start; change it with XDS_SECTION_KEY, or copy it.
        server:
          host: 127.0.0.1
          port: 8443
          certificate: "\(pki)/server.pem"
          key: "\(pki)/server.key"
          trustAnchors: "\(pki)/ca.pem"
          revocationLists: "\(pki)/crl.pem"
        mllp:
          host: 127.0.0.1
          port: 2575
        database:
          conninfo: '\(conninfo.replacing("'", with: "''"))'
        repository:
          uniqueId: 2.999.1.2
          folder: "\(documents)"
        community:
          homeCommunityId: urn:oid:2.999.1.1
        valueSets:
          folder: "\(root)/valuesets/nl"
          mode: warn
        audit:
          signingKey: "\(pki)/audit.key"
        log:
          format: json

        """
    }

    private func explain(
        pki: String, addresses: GatewayDaemon.Addresses, configuration: GatewayConfiguration, file: String
    ) {
        let url = "https://localhost:\(addresses.frontDoor)"
        Console.say(
            """

            The daemon keeps serving. Talk to it:
              curl --cacert '\(pki)/ca.pem' --cert '\(pki)/hospital.pem' --key '\(pki)/hospital.key' '\(url)/xds/registry?wsdl'
              certificates: hospital, gp, carehome; unregistered, revoked, expired, stranger are kept out
              patients:     \(DemoRegion.patients.joined(separator: "\n                "))
              repository:   \(configuration.repository.uniqueID)
              patient feed: HL7 v2 over MLLP and mutual TLS on 127.0.0.1:\(addresses.mllp.map { "\($0)" } ?? "-"), HL7 v3 on \(url)/pix
              operations:   http://127.0.0.1:\(addresses.operations)/health/ready and /metrics
              administration: '\(CommandLine.arguments[0])' organisation list --config '\(file)'
            Ctrl-C stops it.
            """)
    }
}

/// Carries the outcome of the walkthrough out of the daemon.
private final class DemoOutcome: Sendable {
    private let failures = Mutex<[String]?>(nil)

    /// Whether the walkthrough came to its end with nothing wrong.
    var isSuccess: Bool { failures.withLock { $0?.isEmpty ?? false } }

    func set(_ failures: [String]) { self.failures.withLock { $0 = failures } }
}
