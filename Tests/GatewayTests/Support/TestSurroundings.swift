import Foundation
import NIOCore
import NIOPosix
import Synchronization

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
///
/// They lie below those that the kernel gives to connections: one of those may be taken by any connection of another test
/// between being found and being listened on. None is given out twice.
enum FreePort {
    /// Runs and clones at the same time begin at different places.
    private static let next = Mutex(Int.random(in: range))
    private static let range = 12_000..<32_000

    /// A port that nobody listens on and no other test was given.
    static func take() throws -> Int {
        for _ in range {
            let port = next.withLock { next in
                next = next + 1 < range.upperBound ? next + 1 : range.lowerBound
                return next
            }
            let bound = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(
                host: "127.0.0.1", port: port)
            guard let channel = try? bound.wait() else { continue }
            try channel.close().wait()
            return port
        }
        throw TestFailure("no free port")
    }
}
