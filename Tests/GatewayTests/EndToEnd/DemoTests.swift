import Foundation
import Testing
import XDSTesting

@testable import Gateway

@Suite("The demo, from nothing and again")
struct DemoTests {
    @Test(
        "every step is right, the second run reuses what the first made, and nothing keeps running",
        .timeLimit(.minutes(20)))
    func twice() async throws {
        try await TestTurns.daemons.take {
            let state = NSTemporaryDirectory() + "xds demo " + UUID().uuidString.prefix(8)
            let environment = [
                "XDS_SERVER_PORT": String(try FreePort.take()), "XDS_OPERATIONS_PORT": String(try FreePort.take()),
                "XDS_MLLP_PORT": String(try FreePort.take()),
            ]
            for run in 1...2 {
                let result = try await GatewayProcess.run(
                    TestSurroundings.gateway(), ["demo", "--once", "--root", TestSurroundings.root, "--state", state],
                    environment: environment)
                #expect(
                    result.status == 0, "run \(run): \(result.output.suffix(2_000))\(result.errorOutput.suffix(2_000))")
                #expect(result.output.contains("Every step was right."))
                #expect(!result.output.contains("   ! "))
            }
            let postgres = TestSurroundings.root + "/scripts/postgres.sh"
            let status = try await GatewayProcess.run("/bin/bash", [postgres, "status", state + "/postgres"])
            #expect(status.status == 3, "PostgreSQL still runs")
            _ = try await GatewayProcess.run("/bin/bash", [postgres, "destroy", state + "/postgres"])
            try FileManager.default.removeItem(atPath: state)
        }
    }
    @Test(
        "Ctrl-C at any moment of the preparation leaves no PostgreSQL running", .timeLimit(.minutes(20)),
        arguments: ["pki/ca.pem", "postgres", "postgres/socket/.s.PGSQL.5432"])
    func interrupted(_ sign: String) async throws {
        try await TestTurns.daemons.take {
            let state = NSTemporaryDirectory() + "xds-demo-" + UUID().uuidString.prefix(8)
            let process = Process()
            process.executableURL = URL(fileURLWithPath: try TestSurroundings.gateway())
            process.arguments = ["demo", "--once", "--root", TestSurroundings.root, "--state", state]
            process.environment = ProcessInfo.processInfo.environment.merging([
                "XDS_SERVER_PORT": String(try FreePort.take()), "XDS_OPERATIONS_PORT": String(try FreePort.take()),
                "XDS_MLLP_PORT": String(try FreePort.take()),
            ]) { _, new in new }
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            try await waitUntil("\(sign) is there", within: .seconds(120)) {
                FileManager.default.fileExists(atPath: "\(state)/\(sign)")
            }
            process.interrupt()
            try await waitUntil("the demo has ended", within: .seconds(120)) { !process.isRunning }
            #expect(process.terminationStatus != 0)
            #expect(!FileManager.default.fileExists(atPath: "\(state)/postgres/data/postmaster.pid"))
            let postgres = TestSurroundings.root + "/scripts/postgres.sh"
            if FileManager.default.fileExists(atPath: state + "/postgres") {
                _ = try await GatewayProcess.run("/bin/bash", [postgres, "destroy", state + "/postgres"])
            }
            try FileManager.default.removeItem(atPath: state)
        }
    }
}
