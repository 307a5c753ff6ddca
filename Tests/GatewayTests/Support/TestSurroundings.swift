import Foundation

@testable import Gateway

/// Where tests find the repository, the built daemon, the certificates and the recorded messages.
enum TestSurroundings {
    /// The root of the repository.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    /// The built `xds-gateway`: beside the test bundle, or where `XDS_TEST_GATEWAY` says.
    static func gateway() throws -> String {
        if let path = ProcessInfo.processInfo.environment["XDS_TEST_GATEWAY"] { return path }
        let built = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path + "/xds-gateway"
        guard FileManager.default.isExecutableFile(atPath: built) else {
            throw TestFailure("xds-gateway is not built; run the tests by make test")
        }
        return built
    }

    /// The certificates all tests share, made on first use by the demo's own script (which locks the folder).
    static func pki() async throws -> String {
        let folder = root + "/.test/pki"
        _ = try await Script.run("pki.sh", [folder], root: root)
        return folder
    }

    /// The folder of sample documents.
    static let documents = root + "/Tests/Fixtures/documents"

    /// The messages recorded between other vendors' products, `nil` where they are not at hand.
    static let samples: String? = {
        let candidate = ProcessInfo.processInfo.environment["XDS_SAMPLES"] ?? root + "/../shared/samples"
        return FileManager.default.fileExists(atPath: candidate + "/ITI-41_request_raw.xml") ? candidate : nil
    }()
}

/// Ports of the loopback interface nobody listens on.
enum FreePort {
    /// A port that was free a moment ago.
    static func take() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, length) == 0 ? getsockname(descriptor, pointer, &length) : -1
            }
        }
        guard result == 0 else { throw TestFailure("no free port") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
