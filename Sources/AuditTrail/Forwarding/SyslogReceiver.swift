import NIOCore
public import NIOSSL

/// Where audit messages are forwarded to.
public struct SyslogReceiver: Sendable {
    /// Host name, which its certificate must name, or address.
    public var host: String
    /// TCP port; 6514 is registered for syslog over TLS.
    public var port: Int
    /// Our certificate and key, whom we trust, versions.
    public var tls: NIOSSLContext
    /// Time to connect and to shake hands.
    public var connectTime: Duration = .seconds(10)
    /// Time the receiver may take no byte, and time it has to answer the end of a session.
    public var stallTime: Duration = .seconds(30)

    /// A receiver.
    public init(host: String, port: Int, tls: NIOSSLContext) {
        self.host = host
        self.port = port
        self.tls = tls
    }

    /// TLS 1.2 or later with a client certificate; the receiver's certificate must lead to an anchor and name the host.
    /// - Parameters: PEM files. Blocks.
    public static func tls(certificate: String, key: String, trustAnchors: String) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.trustRoots = .file(trustAnchors)
        configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) }
        configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: key, format: .pem))
        configuration.shutdownTimeout = .seconds(30)
        return try NIOSSLContext(configuration: configuration)
    }
}

/// Why messages could not be forwarded.
public enum SyslogFailure: Error, Sendable, CustomStringConvertible {
    /// No connection, or no handshake.
    case unreachable(String)
    /// The receiver takes no bytes, or did not answer the end of the session: it accepts and does not read.
    case notReading
    /// The connection broke.
    case broken

    /// Words for the log.
    public var description: String {
        switch self {
        case .unreachable(let cause): "the audit repository cannot be reached: \(cause)"
        case .notReading: "the audit repository accepts messages and does not read them"
        case .broken: "the connection to the audit repository broke"
        }
    }

    /// A stable word for metrics.
    public var word: String {
        switch self {
        case .unreachable: "unreachable"
        case .notReading: "not-reading"
        case .broken: "broken"
        }
    }
}
