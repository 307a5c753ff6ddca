import Foundation
import NIOCore
import NIOPosix

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
        let channel = try ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).wait()
        let port = channel.localAddress?.port
        try channel.close().wait()
        guard let port else { throw TestFailure("no free port") }
        return port
    }
}
