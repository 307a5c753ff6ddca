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
    /// - Parameter pause: awaited before each message but the first, with its position.
    /// - Returns: the answers; fewer than messages when the connection ends before.
    func send(
        _ messages: [String], pause: @escaping @Sendable (Int) async throws -> Void = { _ in }
    ) async throws -> [String] {
        let frames = messages.map { ByteBuffer(bytes: MLLPFrameStateMachine.frame(Array($0.utf8))) }
        return try await exchange(frames.map { [$0] }, answers: 1, pause: pause)
    }

    /// Sends bytes as they are, and collects answers.
    /// - Parameters:
    ///   - pieces: each is sent by itself.
    ///   - answers: how many answers are awaited; fewer are given when the connection ends before.
    func exchange(_ pieces: [ByteBuffer], answers count: Int) async throws -> [String] {
        try await exchange([pieces], answers: count, pause: { _ in })
    }

    /// Sends one turn after the other, and collects so many answers to each.
    private func exchange(
        _ turns: [[ByteBuffer]], answers count: Int, pause: @escaping @Sendable (Int) async throws -> Void
    ) async throws -> [String] {
        let channel = try await connect()
        return try await withThrowingTaskGroup(of: [String].self) { group in
            group.addTask { try await Self.exchange(turns, count, pause, on: channel) }
            group.addTask {
                try await Task.sleep(for: .seconds(60))
                throw Failure(description: "the answers did not come within a minute")
            }
            let result = try await group.next() ?? []
            group.cancelAll()
            return result
        }
    }

    private static func exchange(
        _ turns: [[ByteBuffer]], _ count: Int, _ pause: @Sendable (Int) async throws -> Void,
        on channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>
    ) async throws -> [String] {
        try await channel.executeThenClose { inbound, outbound in
            var inbound = inbound.makeAsyncIterator()
            var frames = MLLPFrameStateMachine(limit: 1_048_576)
            var answers: [String] = []
            for (number, pieces) in turns.enumerated() {
                if number > 0 { try await pause(number) }
                do {
                    for piece in pieces { try await outbound.write(piece) }
                    while answers.count < (number + 1) * count {
                        guard let bytes = try await inbound.next() else { return answers }
                        for case .message(let message) in frames.receive(bytes.readableBytesView) {
                            answers.append(String(decoding: message, as: UTF8.self))
                        }
                    }
                } catch {
                    // The connection ended; what came before counts.
                    return answers
                }
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
