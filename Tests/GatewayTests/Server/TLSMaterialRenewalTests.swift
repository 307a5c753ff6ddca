import Foundation
import Logging
import Synchronization
import Testing
import Trust
import XDSTesting

@testable import Gateway

@Suite("Certificates, keys and lists are read again when their files change")
struct TLSMaterialRenewalTests {
    private let pki: TestPKI
    private let folder: String
    private var files: TLSMaterialFiles

    init() throws {
        pki = try TestPKI.shared()
        folder = pki.folder.appendingPathComponent("renewal-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder + "/lists", withIntermediateDirectories: true)
        files = TLSMaterialFiles(
            certificate: folder + "/server.pem", key: folder + "/server.key",
            trustAnchors: pki.authority.certificate, revocationLists: folder + "/lists")
    }

    /// Another certificate of the server, with a name of its own.
    private func renewed() throws -> TestPKI.Identity {
        try pki.issue(
            "renewed-\(UUID().uuidString)",
            .init(subject: "/CN=renewed", extendedKeyUsage: "serverAuth", alternativeNames: "DNS:renewed.example"))
    }

    private static func copy(_ file: String, to target: String) throws {
        try Data(contentsOf: URL(fileURLWithPath: file)).write(to: URL(fileURLWithPath: target), options: .atomic)
    }

    /// Runs the service while `body` changes files.
    private func running(
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        _ body: @escaping @Sendable (TLSMaterialHolder) async throws -> Void
    ) async throws {
        let holder = try TLSMaterialHolder(files)
        let service = TLSMaterialRenewal(holder: holder, interval: .milliseconds(50), listAge: nil, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await service.run() }
            try await body(holder)
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    @Test("files that are replaced")
    func replacedFiles() async throws {
        try Self.copy(pki.server.certificate, to: files.certificate)
        try Self.copy(pki.server.key, to: files.key)
        let renewed = try renewed()
        try await running { [files] holder in
            #expect(holder.current.serverCertificate.dnsNames == ["localhost"])
            try Self.copy(renewed.key, to: files.key)
            try Self.copy(renewed.certificate, to: files.certificate)
            #expect(try await eventually { holder.current.serverCertificate.dnsNames == ["renewed.example"] })
        }
    }

    @Test("links whose target is turned, as with the secrets of Kubernetes, where the links themselves stay")
    func turnedLink() async throws {
        let manager = FileManager.default
        let renewed = try renewed()
        for (version, identity) in [("v1", pki.server), ("v2", renewed)] {
            try manager.createDirectory(atPath: "\(folder)/..\(version)", withIntermediateDirectories: true)
            try Self.copy(identity.certificate, to: "\(folder)/..\(version)/server.pem")
            try Self.copy(identity.key, to: "\(folder)/..\(version)/server.key")
        }
        try manager.createSymbolicLink(atPath: folder + "/..data", withDestinationPath: "..v1")
        for name in ["server.pem", "server.key"] {
            try manager.createSymbolicLink(atPath: "\(folder)/\(name)", withDestinationPath: "..data/\(name)")
        }
        try await running { [folder] holder in
            #expect(holder.current.serverCertificate.dnsNames == ["localhost"])
            try FileManager.default.createSymbolicLink(atPath: folder + "/..new", withDestinationPath: "..v2")
            #expect(rename(folder + "/..new", folder + "/..data") == 0)
            #expect(try await eventually { holder.current.serverCertificate.dnsNames == ["renewed.example"] })
        }
    }

    @Test("a list that is dropped into the folder, its name in capitals; a file that is none by its name is told, once")
    func droppedList() async throws {
        try Self.copy(pki.server.certificate, to: files.certificate)
        try Self.copy(pki.server.key, to: files.key)
        let list = try pki.revocationList("renewal-\(UUID().uuidString)", revoking: [pki.careHome], days: 5, form: .der)
        let chain = try Certificate.readAll(pemFile: pki.careHome.chain).map(\.der)
        let lines = Lines()
        try await running(logger: lines.logger) { [folder] holder in
            try Data("what these lists are".utf8).write(to: URL(fileURLWithPath: folder + "/lists/README.txt"))
            #expect(try await eventually { lines.all.contains { $0.contains("README.txt") } })
            try Self.copy(list, to: folder + "/lists/UZI.CRL")
            #expect(
                try await eventually {
                    guard case .refused(let refusal) = holder.current.trustStore.verify(chain: chain) else {
                        return false
                    }
                    return refusal.reason.word == "revoked"
                })
        }
        #expect(lines.all.count { $0.contains("README.txt") } == 1)
        #expect(!lines.all.contains { $0.contains("UZI.CRL") })
    }
}

/// Keeps what is logged.
private final class Lines: Sendable {
    private struct Handler: LogHandler {
        let lines: Lines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            lines.kept.withLock { $0.append("\(event.message) \(event.metadata ?? [:])") }
        }
    }

    private let kept = Mutex<[String]>([])

    var all: [String] { kept.withLock { $0 } }
    var logger: Logger { Logger(label: "test") { _ in Handler(lines: self) } }
}
