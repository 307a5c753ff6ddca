import Foundation
import Testing
import XDSMetadata
import XDSTesting

@testable import Gateway

/// The built daemon as a process of its own, on a database, a folder and ports of its own.
///
/// Tests talk to it from outside, as partners do; they may kill it and start it again.
actor GatewayProcess {
    /// What a command printed and how it ended.
    struct CommandResult: Sendable {
        let status: Int32
        let output: String
        let errorOutput: String
    }

    nonisolated let folder: String
    nonisolated let pki: String
    nonisolated let port: Int
    nonisolated let operationsPort: Int
    nonisolated let mllpPort: Int
    nonisolated let configurationFile: String
    let environment: [String: String]
    private var process: Process?

    nonisolated var address: String { "https://localhost:\(port)" }
    nonisolated var documents: String { folder + "/documents" }
    nonisolated var log: String { folder + "/gateway.log" }

    /// Patients that every fixture registers.
    static let patients = DemoRegion.patients
    static let repositoryUniqueID = "2.999.1.2"

    /// Runs `body` with a daemon that has the organisations and patients of the demo, and removes everything after it.
    /// - Parameter environment: overrides of configuration keys, as `XDS_SERVER_HEADSECONDS`.
    static func with(
        conninfo: String? = nil, environment: [String: String] = [:],
        _ body: @escaping @Sendable (GatewayProcess) async throws -> Void
    ) async throws {
        let run: @Sendable (String) async throws -> Void = { conninfo in
            let gateway = try await GatewayProcess(conninfo: conninfo, environment: environment)
            do {
                try await gateway.prepare()
                try await gateway.start()
                try await body(gateway)
            } catch {
                await gateway.showLog()
                await gateway.remove()
                throw error
            }
            await gateway.remove()
        }
        try await TestTurns.daemons.take {
            if let conninfo { try await run(conninfo) } else { try await PostgresFixture.withDatabase(run) }
        }
    }

    init(conninfo: String, environment: [String: String]) async throws {
        folder = NSTemporaryDirectory() + "xds-test-" + UUID().uuidString.lowercased()
        try FileManager.default.createDirectory(atPath: folder + "/documents", withIntermediateDirectories: true)
        pki = try await TestSurroundings.pki()
        port = try FreePort.take()
        operationsPort = try FreePort.take()
        mllpPort = try FreePort.take()
        configurationFile = folder + "/gateway.yaml"
        self.environment = environment
        try """
        server:
          host: 127.0.0.1
          port: \(port)
          certificate: "\(pki)/server.pem"
          key: "\(pki)/server.key"
          trustAnchors: "\(pki)/ca.pem"
          revocationLists: "\(pki)/crl.pem"
        mllp:
          host: 127.0.0.1
          port: \(mllpPort)
        operations:
          port: \(operationsPort)
        database:
          conninfo: "\(conninfo)"
        repository:
          uniqueId: \(Self.repositoryUniqueID)
          folder: documents
        community:
          homeCommunityId: urn:oid:2.999.1.1
        access:
          consent: "off"
        audit:
          signingKey: "\(pki)/audit.key"
          checkpointSeconds: 1
        log:
          format: json

        """.write(toFile: configurationFile, atomically: true, encoding: .utf8)
    }

    /// Migrates and registers, by the commands an administrator uses.
    func prepare() async throws {
        for arguments in [
            ["migrate"],
            [
                "organisation", "add", "hospital", "--name", "Ziekenhuis Oost", "--ura", "90000001", "--updates", "own",
                "--transactions", TransactionID.served.map(\.rawValue).joined(separator: ","),
            ],
            ["organisation", "add", "gp", "--name", "De Esch", "--ura", "90000002"],
            [
                "organisation", "add", "carehome", "--name", "Het Hofje", "--certificate", pki + "/carehome.pem",
                "--transactions", "ITI-18,ITI-43",
            ],
        ] + Self.patients.map({ ["patient", "add", $0] }) {
            let result = try await command(arguments)
            guard result.status == 0 else {
                throw TestFailure("\(arguments.joined(separator: " ")): \(result.errorOutput)")
            }
        }
    }

    /// Starts the daemon and waits until it is ready.
    func start() async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try TestSurroundings.gateway())
        process.arguments = ["serve", "--config", configurationFile]
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        let log = try logHandle()
        process.standardError = log
        defer { Self.close([log]) }
        try process.run()
        self.process = process
        try await waitUntil("the daemon is ready", within: .seconds(60)) {
            guard process.isRunning else { throw TestFailure("the daemon ended at its start") }
            return try await self.operations("/health/ready").status == 200
        }
    }

    /// SIGKILL, as a crash.
    func kill() async {
        await end(SIGKILL)
    }

    /// SIGTERM; gives the exit status.
    @discardableResult
    func terminate() async -> Int32 {
        await end(SIGTERM)
    }

    /// The process id while it runs.
    var processID: Int32? { process?.processIdentifier }

    /// Memory in RAM, bytes.
    func residentBytes() throws -> Int {
        guard let process else { throw TestFailure("the daemon does not run") }
        let status = try String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
        for line in status.split(separator: "\n") where line.hasPrefix("VmRSS:") {
            return (line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
        }
        throw TestFailure("no VmRSS")
    }

    /// Runs an administration command of the same binary and configuration.
    nonisolated func command(_ arguments: [String]) async throws -> CommandResult {
        try await Self.run(
            TestSurroundings.gateway(), arguments + ["--config", configurationFile], environment: environment)
    }

    /// A request to the operations port.
    nonisolated func operations(_ path: String) async throws -> (status: Int, body: String) {
        guard let url = URL(string: "http://127.0.0.1:\(operationsPort)\(path)") else { throw TestFailure("bad path") }
        do {
            let result = try await Self.run(
                "/usr/bin/curl", ["-s", "-m", "10", "-w", "\n%{http_code}", url.absoluteString])
            let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
            return (Int(lines.last ?? "") ?? 0, lines.dropLast().joined(separator: "\n"))
        }
    }

    /// Runs a program to its end.
    static func run(
        _ program: String, _ arguments: [String], environment: [String: String] = [:]
    ) async throws -> CommandResult {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        process.standardInput = FileHandle.nullDevice
        // Files, not pipes: a program may print more than a pipe holds.
        let output = NSTemporaryDirectory() + "xds-output-" + UUID().uuidString
        for suffix in [".out", ".err"] { try Data().write(to: URL(fileURLWithPath: output + suffix)) }
        let handles = try [".out", ".err"].map { suffix in
            guard let handle = FileHandle(forWritingAtPath: output + suffix) else {
                throw TestFailure("no output file")
            }
            return handle
        }
        (process.standardOutput, process.standardError) = (handles[0], handles[1])
        defer { close(handles) }
        let status: Int32 = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
        defer { for suffix in [".out", ".err"] { try? FileManager.default.removeItem(atPath: output + suffix) } }
        return CommandResult(
            status: status, output: try String(contentsOfFile: output + ".out", encoding: .utf8),
            errorOutput: try String(contentsOfFile: output + ".err", encoding: .utf8))
    }

    /// Gives descriptors back that a program has inherited: a `Process` holds its handles for ever, and beyond a thousand open files
    /// Foundation reads past the end of its list of them when it starts the next program.
    private static func close(_ handles: [FileHandle]) {
        for handle in handles {
            do { try handle.close() } catch { Issue.record(error) }
        }
    }

    /// Stops the daemon and removes its folder.
    func remove() async {
        await end(SIGKILL)
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// The log, as soon as a line holds these words; lines are written a few milliseconds after what they tell.
    nonisolated func log(withLine words: String) async throws -> String {
        var text = ""
        try await waitUntil("a line of the log with \"\(words)\"", within: .seconds(10)) {
            text = try String(contentsOfFile: log, encoding: .utf8)
            return text.contains(words)
        }
        return text
    }

    /// The end of the log, for a test that failed.
    func showLog() {
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        FileHandle.standardError.write(
            Data(
                ("daemon log, last lines:\n" + text.split(separator: "\n").suffix(20).joined(separator: "\n") + "\n")
                    .utf8))
    }

    @discardableResult
    private func end(_ signal: Int32) async -> Int32 {
        guard let process else { return 0 }
        self.process = nil
        Foundation.kill(process.processIdentifier, signal)
        while process.isRunning { try? await Task.sleep(for: .milliseconds(10)) }
        return process.terminationStatus
    }

    private func logHandle() throws -> FileHandle {
        if !FileManager.default.fileExists(atPath: log) { try Data().write(to: URL(fileURLWithPath: log)) }
        guard let handle = FileHandle(forWritingAtPath: log) else { throw TestFailure("no log file") }
        handle.seekToEndOfFile()
        return handle
    }
}

/// A test's surroundings are not as they must be.
struct TestFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// Waits for a condition that another process brings about.
func waitUntil(
    _ what: String, within limit: Duration, _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now.advanced(by: limit)
    while try await !condition() {
        guard ContinuousClock.now < deadline else { throw TestFailure("not within \(limit): \(what)") }
        try await Task.sleep(for: .milliseconds(50))
    }
}
