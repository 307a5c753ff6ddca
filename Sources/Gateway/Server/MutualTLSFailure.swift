import NIOSSL
import Trust

/// Why a connection did not come to be, or its peer is not trusted any more, with a sentence for the administrator who is phoned.
enum MutualTLSFailure: Error, Sendable {
    /// The peer's certificate, or the lack of one.
    case certificate(CertificateRefusal)
    /// The handshake took too long, after these first bytes.
    case timedOut(FirstBytes)
    /// Too many handshakes are under way.
    case overloaded
    /// The peer left before the handshake was complete.
    case disconnected
    /// The peer does not believe our certificate; the alert it sent.
    case serverNotTrusted(alert: String)
    /// No protocol version in common.
    case protocolVersion(ClientHello?)
    /// No cipher suite, group or signature algorithm in common.
    case algorithms(ClientHello?)
    /// The peer does not speak TLS, e.g. HTTP in clear.
    case notTLS(FirstBytes)
    /// The check of the certificate could not run.
    case checkUnavailable
    /// Anything else, in the words of the TLS library.
    case other(String)

    /// Reads an error of the TLS handler before the handshake was complete.
    /// - Parameters:
    ///   - first: what the peer sent first.
    ///   - issuers: the authorities whose certificates the server asked for.
    init(handshake error: any Error, first: FirstBytes = .nothing, issuers: [String] = []) {
        let text = String(describing: error)
        if text.contains("PEER_DID_NOT_RETURN_A_CERTIFICATE") {
            self = .certificate(.noCertificate(issuers: issuers))
        } else if let alert = Self.alertsAboutUs.first(where: text.contains) {
            self = .serverNotTrusted(alert: alert)
        } else if text.contains("UNSUPPORTED_PROTOCOL") || text.contains("ALERT_PROTOCOL_VERSION")
            || text.contains("INAPPROPRIATE_FALLBACK")
        {
            self = .protocolVersion(first.hello)
        } else if text.contains("HTTP_REQUEST") || text.contains("HTTPS_PROXY_REQUEST")
            || text.contains("WRONG_VERSION_NUMBER")
        {
            self = .notTLS(first)
        } else if Self.noneInCommon.contains(where: text.contains) {
            self = .algorithms(first.hello)
        } else if text.contains("eofDuringHandshake") || text.lowercased().contains("eof during handshake")
            || text.contains("uncleanShutdown") || !(error is NIOSSLError)
        {
            self = .disconnected
        } else {
            self = .other(String(text.prefix(300)))
        }
    }

    private static let alertsAboutUs = [
        "ALERT_UNKNOWN_CA", "ALERT_BAD_CERTIFICATE", "ALERT_CERTIFICATE_UNKNOWN", "ALERT_CERTIFICATE_EXPIRED",
        "ALERT_UNSUPPORTED_CERTIFICATE", "ALERT_CERTIFICATE_REVOKED",
    ]

    private static let noneInCommon = [
        "NO_SHARED_CIPHER", "NO_SHARED_GROUP", "NO_COMMON_SIGNATURE_ALGORITHMS", "WRONG_SIGNATURE_TYPE", "WRONG_CURVE",
        "ALERT_HANDSHAKE_FAILURE", "NO_APPLICATION_PROTOCOL",
    ]

    /// A stable word for metrics.
    var word: String {
        switch self {
        case .certificate(let refusal): refusal.reason.word
        case .timedOut: "timed-out"
        case .overloaded: "overloaded"
        case .disconnected: "disconnected"
        case .serverNotTrusted: "server-not-trusted"
        case .protocolVersion: "protocol-version"
        case .algorithms: "algorithms"
        case .notTLS: "not-tls"
        case .checkUnavailable: "check-unavailable"
        case .other: "other"
        }
    }

    /// What the peer did, what is wrong, and what would be right.
    var sentence: String {
        switch self {
        case .certificate(let refusal): refusal.sentence
        case .timedOut(let first): Self.sentence(timedOutAfter: first)
        case .overloaded:
            "The peer's connection was closed because too many TLS handshakes are under way, or too many connections come "
                + "from its address; clients should keep their connections open between requests."
        case .disconnected:
            "The peer closed the connection before the TLS handshake was complete, without saying why; its own log "
                + "tells, and a port check by a monitor looks the same."
        case .serverNotTrusted(let alert):
            "The peer refused the certificate of this server (it sent \(alert)); it has to trust the authority that "
                + "issued this server's certificate, and to use a host name that stands in it."
        case .protocolVersion(let hello):
            "The peer offers \(hello.map { "\($0.versionText) only" } ?? "no TLS version allowed here"); TLS 1.2 or 1.3 is "
                + "needed, and has to be switched on in its software."
        case .algorithms(let hello):
            "The peer offers no cipher suite, key exchange group or signature algorithm allowed here"
                + (hello.map { " (it offers \($0.versionText) with \(Self.list($0.cipherSuites)))" } ?? "")
                + "; ECDHE with AES-GCM or ChaCha20-Poly1305, over X25519, P-256 or P-384, with SHA-256 or better is needed."
        case .notTLS(.plainHTTP):
            "The peer spoke plain HTTP; the address must begin with https://."
        case .notTLS:
            "The peer sent bytes that are no TLS; the address must begin with https://, and no other protocol is spoken on "
                + "this port."
        case .checkUnavailable:
            "The certificate of the peer could not be checked because this daemon is stopping; try again."
        case .other(let text):
            "The TLS handshake with the peer failed: \(text)."
        }
    }

    private static func sentence(timedOutAfter first: FirstBytes) -> String {
        switch first {
        case .nothing:
            "The peer opened a connection and sent nothing in time; a firewall in between, or a client that waits for "
                + "something else than TLS, is the usual cause."
        case .hello(let hello):
            "The peer began a TLS handshake (\(hello.versionText)) and did not complete it in time; a firewall that drops "
                + "large packets, or a client that waits for somebody to choose a certificate, is the usual cause."
        case .plainHTTP: MutualTLSFailure.notTLS(first).sentence
        case .unreadableTLS, .somethingElse:
            "The peer opened a connection and sent bytes that are no complete TLS hello in time."
        }
    }

    /// Cipher suites by their numbers; a few tell enough.
    private static func list(_ suites: [UInt16]) -> String {
        let names = suites.prefix(8).map { "0x" + String($0, radix: 16) }.joined(separator: " ")
        return "cipher suites \(names)" + (suites.count > 8 ? " and \(suites.count - 8) more" : "")
    }
}
