import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import Synchronization
import XDSTesting

/// An audit repository of the tests: takes syslog over TLS and keeps the messages.
final class SyslogSink: Sendable {
    /// How it treats its senders.
    enum Manner: Sendable {
        case reading
        /// Accepts connections, shakes hands, and reads nothing any more.
        case neverReading
        /// Breaks the connection after so many bytes.
        case breakingAfter(Int)
    }

    private let state = Mutex<[String]>([])
    private let sessions = Atomic<Int>(0)
    private let senders = Mutex<[[UInt8]]>([])

    /// The messages in the order they came.
    var messages: [String] { state.withLock { $0 } }
    /// Connections accepted.
    var connections: Int { sessions.load(ordering: .relaxed) }

    fileprivate func take(_ message: String) { state.withLock { $0.append(message) } }
    /// The certificates that senders showed, in DER, one for each connection.
    var certificates: [[UInt8]] { senders.withLock { $0 } }

    fileprivate func accepted(_ certificate: [UInt8]?) {
        sessions.add(1, ordering: .relaxed)
        if let certificate { senders.withLock { $0.append(certificate) } }
    }

    /// Numbers of the events in the messages, by the AuditRecord detail.
    var sequences: [Int64] { messages.compactMap(Self.sequence) }

    /// The number of the event in a message.
    static func sequence(_ message: String) -> Int64? {
        guard let match = message.firstMatch(of: #/type="AuditRecord" value="([^"]+)"/#),
            let data = Data(base64Encoded: String(match.1))
        else { return nil }
        return String(decoding: data, as: UTF8.self).split(separator: ":").first.flatMap { Int64($0) }
    }

    /// Listens on a port while the body runs.
    /// - Parameter port: 0 takes a free one.
    func listen<R: Sendable>(
        _ manner: Manner = .reading, port: Int = 0, _ body: (Int) async throws -> R
    ) async throws -> R {
        let pki = try TestPKI.shared()
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(pki.server.chain).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: pki.server.key, format: .pem)))
        tls.certificateVerification = .noHostnameVerification
        tls.trustRoots = .file(pki.authority.certificate)
        let context = try NIOSSLContext(configuration: tls)
        let server = try await bind(manner, port: port, context)
        do {
            let result = try await body(server.localAddress?.port ?? 0)
            try await server.close()
            return result
        } catch {
            try await server.close()
            throw error
        }
    }

    /// Binds a port below those that the system gives to outgoing connections, so that it is still free for a second time.
    private func bind(_ manner: Manner, port: Int, _ context: NIOSSLContext) async throws -> any Channel {
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.so_rcvbuf), value: 16 * 1024)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([
                        NIOSSLServerHandler(context: context), SyslogSinkHandler(sink: self, manner: manner),
                    ])
                }
            }
        var attempts = 0
        while true {
            do {
                let candidate = port == 0 ? Int.random(in: 10_000..<30_000) : port
                return try await bootstrap.bind(host: "127.0.0.1", port: candidate).get()
            } catch  where attempts < 20 {
                attempts += 1
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }
}

/// Takes frames apart: length, space, message.
private final class SyslogSinkHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let sink: SyslogSink
    private let manner: SyslogSink.Manner
    private var bytes = ByteBuffer()
    private var received = 0

    init(sink: SyslogSink, manner: SyslogSink.Manner) {
        self.sink = sink
        self.manner = manner
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .handshakeCompleted? = event as? TLSUserEvent else { return }
        let tls = try? context.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self)
        sink.accepted(try? tls?.peerCertificate?.toDERBytes())
        if case .neverReading = manner { _ = context.channel.setOption(.autoRead, value: false) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        received += buffer.readableBytes
        if case .neverReading = manner { return }
        bytes.writeBuffer(&buffer)
        while let space = bytes.readableBytesView.firstIndex(of: UInt8(ascii: " ")),
            let length = Int(String(decoding: bytes.readableBytesView[..<space], as: UTF8.self)),
            bytes.readableBytes >= space - bytes.readerIndex + 1 + length
        {
            bytes.moveReaderIndex(to: space + 1)
            sink.take(bytes.readString(length: length) ?? "")
        }
        if case .breakingAfter(let limit) = manner, received >= limit {
            context.close(mode: .all, promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
