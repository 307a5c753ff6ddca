import Foundation
import XDSTesting

/// A real rsyslog of Debian with TLS, as a process of a test's own.
///
/// `@unchecked Sendable`: one task of one test uses it at a time.
final class Rsyslog: @unchecked Sendable {
    private static let program = "/usr/sbin/rsyslogd"

    /// Whether rsyslog and its OpenSSL driver are here; `scripts/setup.sh tests` installs them.
    static var isInstalled: Bool {
        let drivers = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib")) ?? []
        return FileManager.default.isExecutableFile(atPath: program)
            && drivers.contains {
                FileManager.default.fileExists(atPath: "/usr/lib/\($0)/rsyslog/lmnsd_ossl.so")
            }
    }

    let port: Int
    private let folder: String
    private var process: Process?

    /// Writes the configuration; nothing is started.
    init() throws {
        let pki = try TestPKI.shared()
        folder = NSTemporaryDirectory() + "xds-rsyslog-" + UUID().uuidString.lowercased()
        port = Int.random(in: 20_000..<28_000)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try """
        global(
            workDirectory="\(folder)" maxMessageSize="2m" DefaultNetstreamDriver="ossl"
            DefaultNetstreamDriverCAFile="\(pki.authority.certificate)"
            DefaultNetstreamDriverCertFile="\(pki.server.chain)" DefaultNetstreamDriverKeyFile="\(pki.server.key)")
        module(load="imtcp" MaxFrameSize="2000000" StreamDriver.Name="ossl" StreamDriver.Mode="1" StreamDriver.AuthMode="x509/certvalid")
        input(type="imtcp" port="\(port)" address="127.0.0.1")
        template(name="asReceived" type="string" string="%rawmsg%\\n")
        action(type="omfile" file="\(folder)/messages" template="asReceived")
        """.write(toFile: folder + "/rsyslog.conf", atomically: true, encoding: .utf8)
    }

    /// Starts it in the foreground of a child process.
    func start() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.program)
        process.arguments = ["-n", "-f", folder + "/rsyslog.conf", "-i", folder + "/pid"]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        self.process = process
    }

    /// Kills it: a child of this process has the signals blocked by which rsyslog ends in good order.
    func stop() async throws {
        guard let process else { return }
        self.process = nil
        kill(process.processIdentifier, SIGKILL)
        while process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Numbers of the events it wrote.
    var sequences: [Int64] {
        let text = (try? String(contentsOfFile: folder + "/messages", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { SyslogSink.sequence(String($0)) }
    }
}
