import Glibc
import NIOCore
import NIOPosix
import NIOSSL

/// What ended a connection to a TLS server, in words for who has to mend it.
enum TLSProbeFailure: Error, Hashable, Sendable {
    /// No address is known for the name.
    case unknownHost
    /// Nothing listens on the port.
    case refused
    /// Nobody answers at the address.
    case unreachable
    /// The connection was taken, and nothing came back in time.
    case silent
    /// The server closed the connection, without saying why.
    case closed
    /// What came back is no TLS.
    case notTLS
    /// The server chose a version that was not offered.
    case otherVersion
    /// The server said why, by an alert: its name as RFC 8446, section 6, has it.
    case alert(String)
    /// Anything else that the TLS library found, its reason in lower-case words.
    case other(String)

    /// Reads an error of a connection that was made, or of its TLS handler.
    init(of error: any Error) {
        let text = String(describing: error)
        if let alert = text.firstMatch(of: /(?:SSLV3|TLSV1)_ALERT_([A-Z_]+)/)?.output.1 {
            self = .alert(alert.lowercased())
        } else if text.contains("WRONG_VERSION_NUMBER") || text.contains("HTTP_REQUEST") {
            self = .notTLS
        } else if text.contains("UNSUPPORTED_PROTOCOL") {
            self = .otherVersion
        } else if !(error is NIOSSLError || error is BoringSSLError) || text.contains("uncleanShutdown")
            || text.contains("EOF during handshake")
        {
            self = .closed
        } else {
            let reason = text.firstMatch(of: /OPENSSL_internal:([A-Z0-9_]+)/)?.output.1
            self = .other(reason.map { $0.lowercased().replacing("_", with: " ") } ?? "no reason given")
        }
    }

    /// Reads why no connection could be made.
    init(connecting error: any Error) {
        guard let error = error as? NIOConnectionError else {
            self = .unreachable
            return
        }
        let attempts = error.connectionErrors.map(\.error)
        if attempts.isEmpty {
            self = .unknownHost
        } else if attempts.contains(where: { ($0 as? IOError)?.errnoCode == ECONNREFUSED }) {
            self = .refused
        } else {
            self = .unreachable
        }
    }

    /// Whether the server told that the version offered is none of its own: of a server that speaks another one this is right.
    var isAboutVersion: Bool { self == .alert("protocol_version") || self == .otherVersion }

    /// Whether a server that wants a client certificate ends a handshake without one like this.
    var isForWantOfCertificate: Bool {
        switch self {
        case .closed: true
        case .alert(let name): Self.alertsAboutCertificates.contains(name)
        default: false
        }
    }

    /// What the server did and what would be right, to follow the name of the server as "it".
    func sentence(of endpoint: TLSEndpoint) -> String {
        let place = "\(endpoint.host) port \(endpoint.port)"
        switch self {
        case .unknownHost:
            return
                "no address is known for the name \(endpoint.host); correct the name, or ask from a machine that uses the "
                + "DNS that knows it"
        case .refused:
            return "nothing listens on \(place) (the connection was refused); correct the port, or start the server"
        case .unreachable:
            return
                "\(place) does not answer; a firewall in between has to let the connection through, or the address or the "
                + "port is not the right one"
        case .silent:
            return
                "it took the connection and sent nothing in time; a firewall that drops large packets, or a server that "
                + "expects another protocol than TLS on this port, is the usual cause"
        case .closed:
            return
                "it closed the connection during the handshake without saying why; its own log tells, and a proxy with "
                + "no server behind it, or a list of addresses that may connect, is the usual cause"
        case .notTLS:
            return
                "it answered with bytes that are no TLS; TLS has to be switched on for this port, or another port is the "
                + "right one (plain HTTP looks like this)"
        case .otherVersion:
            return
                "it insists on a TLS version that is too old or unknown; TLS 1.2 or 1.3 has to be switched on in its "
                + "software"
        case .alert(let name):
            return "\(Self.words(ofAlert: name, from: endpoint)) (it sent the alert \(name))"
        case .other(let reason):
            return "the handshake failed on this side: \(reason)"
        }
    }

    // MARK: Alerts

    /// What servers send where a client certificate is missing or is not to their liking; handshake_failure before TLS 1.3.
    private static let alertsAboutCertificates: Set = [
        "handshake_failure", "no_certificate", "certificate_required", "bad_certificate", "unsupported_certificate",
        "certificate_unknown", "unknown_ca", "access_denied",
    ]

    /// - Source: RFC 8446, section 6.2.
    private static func words(ofAlert name: String, from endpoint: TLSEndpoint) -> String {
        switch name {
        case "protocol_version":
            "it takes none of the TLS versions 1.0 to 1.3 as they were offered; TLS 1.2 or 1.3 has to be switched on in its "
                + "software"
        case "handshake_failure", "insufficient_security":
            "it has no cipher suite, key exchange group or signature algorithm in common with this client; ECDHE with "
                + "AES-GCM or ChaCha20-Poly1305, over X25519, P-256 or P-384, and a certificate that fits them are needed"
        case "no_certificate", "certificate_required":
            "it demands a client certificate; one of an authority that it trusts is needed"
        case "unknown_ca":
            "it does not know the authority that issued the client certificate; it has to trust that authority, and the "
                + "intermediate certificates have to be sent with the certificate"
        case "certificate_expired":
            "it takes the client certificate for expired or not yet valid; renew it, or compare the clocks of both sides"
        case "certificate_revoked":
            "it takes the client certificate for revoked; the certificate that replaced it is needed"
        case "bad_certificate":
            "it holds the client certificate for damaged or wrongly signed; the certificate and the intermediates have to be "
                + "installed as the authority delivered them"
        case "unsupported_certificate":
            "it does not take client certificates of this kind; one with a usual key and, if it has an extended key usage, "
                + "clientAuth is needed"
        case "certificate_unknown":
            "it refused the client certificate for a reason that only its own log tells"
        case "access_denied":
            "it knows the client certificate and lets its owner not in; the certificate has to be registered there"
        case "decrypt_error":
            "a signature or a key exchange did not fit; a key that does not belong to its certificate, or something in "
                + "between that changes the traffic, is the usual cause"
        case "unrecognized_name":
            "it serves no host of the name \(endpoint.host); correct the name, or have it configured there"
        case "no_application_protocol":
            "it speaks none of the protocols that were offered inside TLS; it has to take HTTP/1.1"
        case "internal_error":
            "it failed inside; its own log tells why"
        case "close_notify", "user_cancelled":
            "it ended the handshake by its own decision; its own log tells why"
        default:
            "it ended the handshake; its own log tells why"
        }
    }
}
