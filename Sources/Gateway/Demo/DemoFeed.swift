import Foundation
import HL7Kit
import NIOCore
import NIOPosix
import NIOSSL

/// A partner's interface engine: HL7 v2 messages over MLLP and mutual TLS.
struct DemoFeed: Sendable {
    let pki: String
    let certificate: String
    let port: Int

    /// Why the answers did not come.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Sends messages over one connection, each after the answer to the one before.
    /// - Returns: the answers.
    func send(_ messages: [String]) async throws -> [String] {
        var answers: [String] = []
        for message in messages {
            let frame = ByteBuffer(bytes: MLLPFrameStateMachine.frame(Array(message.utf8)))
            answers += try await exchange([frame], answers: 1)
        }
        return answers
    }

    /// Sends bytes as they are, and collects answers.
    /// - Parameters:
    ///   - pieces: each is sent by itself.
    ///   - answers: how many answers are awaited; fewer are given when the connection ends before.
    func exchange(_ pieces: [ByteBuffer], answers count: Int) async throws -> [String] {
        let channel = try await connect()
        return try await withThrowingTaskGroup(of: [String].self) { group in
            group.addTask { try await Self.exchange(pieces, count, on: channel) }
            group.addTask {
                try await Task.sleep(for: .seconds(60))
                throw Failure(description: "no answer within a minute")
            }
            let result = try await group.next() ?? []
            group.cancelAll()
            return result
        }
    }

    private static func exchange(
        _ pieces: [ByteBuffer], _ count: Int, on channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>
    ) async throws -> [String] {
        try await channel.executeThenClose { inbound, outbound in
            for piece in pieces { try await outbound.write(piece) }
            var frames = MLLPFrameStateMachine(limit: 1_048_576)
            var answers: [String] = []
            guard count > 0 else { return answers }
            do {
                for try await bytes in inbound {
                    for case .message(let message) in frames.receive(bytes.readableBytesView) {
                        answers.append(String(decoding: message, as: UTF8.self))
                    }
                    if answers.count >= count { break }
                }
            } catch {
                // The connection ended; what came before counts.
            }
            return answers
        }
    }

    private func connect() async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .file(pki + "/ca.pem")
        tls.certificateChain = try NIOSSLCertificate.fromPEMFile("\(pki)/\(certificate).pem").map { .certificate($0) }
        tls.privateKey = .privateKey(try NIOSSLPrivateKey(file: "\(pki)/\(certificate).key", format: .pem))
        let context = try NIOSSLContext(configuration: tls)
        return try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        NIOSSLClientHandler(context: context, serverHostname: "localhost"))
                    return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
                }
            }
    }
}
