import NIOCore
import NIOEmbedded
import NIOSSL
import Testing

@testable import Gateway

@Suite("What a TLS client offers: RFC 8446, 4.1.2")
struct ClientHelloTests {
    /// The first flight of our own TLS library.
    private static func flight(_ configure: (inout TLSConfiguration) -> Void) throws -> ByteBuffer {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configure(&configuration)
        let channel = EmbeddedChannel()
        try channel.pipeline.syncOperations.addHandler(
            NIOSSLClientHandler(context: NIOSSLContext(configuration: configuration), serverHostname: "xds.example"))
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 443), promise: nil)
        var bytes = ByteBuffer()
        while var part = try channel.readOutbound(as: ByteBuffer.self) { bytes.writeBuffer(&part) }
        _ = try? channel.finish(acceptAlreadyClosed: true)
        return bytes
    }

    @Test("versions, suites and host name of a modern client, without the values that only test servers")
    func modern() throws {
        let hello = try #require(ClientHello(parsing: try Self.flight { $0.minimumTLSVersion = .tlsv12 }))
        #expect(hello.versions == [0x0304, 0x0303])
        #expect(hello.versionText == "TLS 1.3 and TLS 1.2")
        #expect(hello.serverName == "xds.example")
        #expect(hello.cipherSuites.contains(0x1301))
        #expect(!hello.cipherSuites.contains { $0 & 0x0F0F == 0x0A0A })
    }

    @Test("a client without supported_versions offers everything up to the version it names")
    func old() throws {
        let bytes = try Self.flight {
            $0.minimumTLSVersion = .tlsv1
            $0.maximumTLSVersion = .tlsv11
        }
        let hello = try #require(ClientHello(parsing: bytes))
        #expect(hello.versions == [0x0302, 0x0301, 0x0300])
        #expect(hello.versionText == "TLS 1.1, TLS 1.0 and SSL 3.0")
    }

    @Test("a hello in several records is put together; every shorter piece is no hello and no crash")
    func pieces() throws {
        let whole = try Self.flight { _ in }
        #expect(FirstBytes(whole).hello != nil)
        for length in 0..<whole.readableBytes {
            let part = try #require(whole.getSlice(at: 0, length: length))
            #expect(ClientHello(parsing: part) == nil)
        }
        var split = ByteBuffer()
        var body = try #require(whole.getSlice(at: 5, length: whole.readableBytes - 5))
        while let piece = body.readSlice(length: min(100, body.readableBytes)), piece.readableBytes > 0 {
            split.writeBytes([0x16, 3, 1, 0, UInt8(piece.readableBytes)])
            split.writeImmutableBuffer(piece)
        }
        #expect(ClientHello(parsing: split) == ClientHello(parsing: whole))
    }

    @Test("damaged hellos are no crash")
    func damaged() throws {
        let whole = try Self.flight { _ in }
        for position in 0..<whole.readableBytes {
            for value: UInt8 in [0, 1, 0x7F, 0xFF] {
                var damaged = whole
                damaged.setInteger(value, at: position)
                _ = FirstBytes(damaged)
            }
        }
    }

    @Test(
        "what is no hello is told apart",
        arguments: [
            ("", FirstBytes.nothing), ("GET / HTTP/1.1\r\n", .plainHTTP), ("POST /xds", .plainHTTP),
            ("SSH-2.0-OpenSSH", .somethingElse), ("\u{16}\u{3}\u{1}", .unreadableTLS),
        ])
    func others(text: String, expected: FirstBytes) {
        #expect(FirstBytes(ByteBuffer(string: text)) == expected)
    }
}
