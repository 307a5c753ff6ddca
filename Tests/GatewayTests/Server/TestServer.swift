import Foundation
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization
import Trust
import XDSTesting

@testable import Gateway

/// A mutual-TLS server on a free port of 127.0.0.1, with a record of what happened at its door.
struct TestServer: Sendable {
    let port: Int
    let pki: TestPKI
    let holder: TLSMaterialHolder
    let events: Events
    fileprivate let group: ServiceGroup

    /// What the channel told its observer.
    final class Events: Sendable {
        private let all = Mutex<[MutualTLSEvent]>([])

        func add(_ event: MutualTLSEvent) { all.withLock { $0.append(event) } }

        var admitted: [PeerIdentity] {
            all.withLock { $0.compactMap { if case .admitted(let peer) = $0 { peer } else { nil } } }
        }

        var failures: [MutualTLSFailure] {
            all.withLock { $0.compactMap { if case .failed(let failure, _, _) = $0 { failure } else { nil } } }
        }

        var slow: [PeerPaceViolation] {
            all.withLock { $0.compactMap { if case .slow(let violation, _) = $0 { violation } else { nil } } }
        }
    }

    /// The files of the test PKI as the gateway's material.
    static func files(_ pki: TestPKI) -> TLSMaterialFiles {
        TLSMaterialFiles(
            certificate: pki.server.certificate, key: pki.server.key, trustAnchors: pki.authority.certificate,
            revocationLists: pki.revocationList)
    }

    /// Runs a server while `body` uses it, then stops it gracefully and waits for its end.
    static func run(
        configuration: MutualTLSConfiguration = .init(handshakeTimeout: .seconds(120)),
        responder: @escaping HTTPChannelHandler.Responder = TestServer.whoami,
        _ body: @Sendable (TestServer) async throws -> Void
    ) async throws {
        let pki = try TestPKI.shared()
        let holder = try TLSMaterialHolder(files(pki))
        let events = Events()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let channel = MutualTLSChannel(
            responder: responder, material: holder, configuration: configuration, logger: logger
        ) { events.add($0) }
        try await channel.serve { port, group in
            try await body(TestServer(port: port, pki: pki, holder: holder, events: events, group: group))
        }
    }

    /// Begins a graceful stop.
    func stop() async { await group.triggerGracefulShutdown() }

    /// Answers who the peer is, after the body was read: a line each for subject, key, version and bytes read.
    static let whoami: HTTPChannelHandler.Responder = { request, writer, _ in
        var bytes = 0
        for try await chunk in request.body { bytes += chunk.readableBytes }
        let peer = PeerIdentity.current
        let lines = [
            peer?.certificate.subject ?? "nobody", peer?.certificate.spkiSHA256Hex ?? "", peer?.tlsVersion ?? "",
            "\(bytes)",
        ]
        try await answer(lines.joined(separator: "\n") + "\n", with: writer)
    }

    /// Writes a plain answer.
    @concurrent static func answer(_ text: String, with writer: consuming ResponseWriter) async throws {
        let buffer = ByteBuffer(string: text)
        var body = try await writer.writeHead(
            HTTPResponse(status: .ok, headerFields: [.contentLength: "\(buffer.readableBytes)"]))
        try await body.write(buffer)
        try await body.finish(nil)
    }
}

extension TLSMaterialHolder {
    /// Has peers checked by other authorities and lists from now on.
    func replace(sources: TrustSources) throws {
        let current = current
        replace(
            with: TLSMaterial(
                context: current.context, trustStore: try TrustStore.load(sources),
                serverCertificate: current.serverCertificate))
    }
}

/// Waits until something is so, for five seconds at most.
func eventually(_ isSo: @Sendable () throws -> Bool) async throws -> Bool {
    for _ in 0..<3_000 {
        if try isSo() { return true }
        try await Task.sleep(for: .milliseconds(10))
    }
    return false
}
