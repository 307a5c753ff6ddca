import Foundation

/// A script of the repository, run to its end.
enum Script {
    /// A script that failed, with what it said.
    struct Failure: Error, CustomStringConvertible {
        let name: String
        let status: Int32
        var description: String { "scripts/\(name) ended with status \(status)" }
    }

    /// Runs `scripts/NAME` and gives what it printed; its error output goes to ours.
    static func run(_ name: String, _ arguments: [String], root: String) async throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: root + "/scripts/" + name)
        process.arguments = arguments
        // A file, not a pipe: a server that the script leaves running would keep a pipe open for ever.
        let output = NSTemporaryDirectory() + "xds-script-" + UUID().uuidString
        guard FileManager.default.createFile(atPath: output, contents: nil, attributes: [.posixPermissions: 0o600])
        else {
            throw Failure(name: name, status: -1)
        }
        defer { try? FileManager.default.removeItem(atPath: output) }
        process.standardOutput = FileHandle(forWritingAtPath: output)
        process.standardInput = FileHandle.nullDevice
        let status: Int32 = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
        guard status == 0 else { throw Failure(name: name, status: status) }
        let text = try String(contentsOfFile: output, encoding: .utf8)
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
