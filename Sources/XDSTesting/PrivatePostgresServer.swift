import Foundation
import Glibc

/// A PostgreSQL server of a test's own, which the test may stop, restart and kill.
///
/// It listens on a socket in its own folder and on no port. PostgreSQL refuses to run as root, so that a test run by
/// root starts it as the user `postgres`. Durability is switched on: a server that is killed keeps what it committed.
public actor PrivatePostgresServer {
    /// Why the server could not be worked with.
    public struct Failure: Error, CustomStringConvertible {
        /// The command and what it said.
        public let description: String
    }

    /// How a server is stopped.
    public enum Stop: String, Sendable {
        /// Sessions are ended with 57P01, everything is written.
        case fast
        /// As in a crash: nothing is written, sessions are cut off; the next start recovers from the log.
        case immediate
    }

    /// Folders in which Debian and others keep the server's programs.
    private static var binaryFolders: [String] {
        (13...19).reversed().map { "/usr/lib/postgresql/\($0)/bin" } + ["/usr/local/bin", "/usr/bin"]
    }

    /// The folder with `initdb` and `pg_ctl`; `nil` when this machine has none.
    public static var binaries: String? {
        binaryFolders.first { FileManager.default.isExecutableFile(atPath: "\($0)/initdb") }
    }

    private let binaries: String
    private let folder: String
    private let settings: [String]

    /// The connection string of its superuser.
    public nonisolated var conninfo: String {
        "host='\(folder)/socket' port=5432 user=postgres dbname=postgres"
    }

    /// Makes a cluster in a new folder of the temporary directory; it is not started.
    /// - Parameter settings: lines for `postgresql.conf`.
    public init(settings: [String] = []) async throws {
        guard let binaries = Self.binaries else {
            throw Failure(description: "no PostgreSQL server programs on this machine")
        }
        self.binaries = binaries
        self.settings = settings
        // Short, because the path of a socket is limited to 107 bytes.
        folder = "/tmp/xds-pg-" + UUID().uuidString.prefix(8).lowercased()
        try await Self.run(["mkdir", "-p", "\(folder)/socket"])
        try await Self.run([
            "\(binaries)/initdb", "--pgdata", "\(folder)/data", "--username", "postgres", "--auth", "trust",
            "--encoding", "UTF8", "--locale", "C", "--no-sync",
        ])
        let lines =
            ["listen_addresses = ''", "unix_socket_directories = '\(folder)/socket'", "shared_buffers = '16MB'"]
            + settings
        let command = "printf '%s\\n' \"$@\" >> '\(folder)/data/postgresql.conf'"
        try await Self.run(["sh", "-c", command, "sh"] + lines)
    }

    /// Starts the server and waits until it takes connections.
    ///
    /// Tries a few times: on a busy machine a process of a server that was stopped a moment ago may still hold its shared
    /// memory.
    public func start() async throws {
        let command = [
            "\(binaries)/pg_ctl", "start", "--wait", "--silent", "--pgdata", "\(folder)/data", "--log", "\(folder)/log",
        ]
        for _ in 1..<5 {
            do {
                return try await Self.run(command)
            } catch is Failure {
                try await Task.sleep(for: .seconds(1))
            }
        }
        do {
            try await Self.run(command)
        } catch let failure as Failure {
            let log = (try? String(contentsOfFile: "\(folder)/log", encoding: .utf8)) ?? ""
            throw Failure(description: "\(failure.description)\n\(log.suffix(1_000))")
        }
    }

    /// Stops the server and waits until it is gone.
    public func stop(_ stop: Stop = .fast) async throws {
        try await Self.run([
            "\(binaries)/pg_ctl", "stop", "--wait", "--silent", "--pgdata", "\(folder)/data", "--mode", stop.rawValue,
        ])
    }

    /// Stops the server and starts it again.
    public func restart(_ mode: Stop = .fast) async throws {
        try await stop(mode)
        try await start()
    }

    /// Kills every process of the server with SIGKILL, the postmaster first, as if the machine had failed.
    public func kill() async throws {
        let command = """
            main=$(head -n 1 '\(folder)/data/postmaster.pid') && children=$(ps -o pid= --ppid "$main") || exit 1
            kill -KILL "$main" $children
            while kill -0 "$main" 2>/dev/null; do sleep 0.05; done
            """
        try await Self.run(["sh", "-c", command])
    }

    /// Stops the server if it runs and removes its folder.
    public func remove() async throws {
        if FileManager.default.fileExists(atPath: "\(folder)/socket/.s.PGSQL.5432") { try await stop(.immediate) }
        try await Self.run(["rm", "-rf", folder])
    }

    /// Runs a body with a started server and removes the server afterwards.
    public static func with<R: Sendable>(
        settings: [String] = [], _ body: (PrivatePostgresServer) async throws -> R
    ) async throws -> R {
        let server = try await PrivatePostgresServer(settings: settings)
        do {
            try await server.start()
            let result = try await body(server)
            try await server.remove()
            return result
        } catch {
            try await server.remove()
            throw error
        }
    }

    /// Runs a program to its end, as the user `postgres` when we are root.
    private static func run(_ command: [String]) async throws {
        let command = (geteuid() == 0 ? ["runuser", "-u", "postgres", "--"] : []) + command
        let outcome = await withCheckedContinuation { continuation in
            // A thread and not Foundation's Process, which takes a program to be running for as long as a server that
            // it started in the background.
            Thread.detachNewThread { continuation.resume(returning: CommandOutcome(running: command)) }
        }
        guard outcome.status == 0 else {
            throw Failure(description: "\(command.joined(separator: " ")): \(outcome.output)")
        }
    }
}
