import Synchronization
import Trust

/// Where revocation lists are fetched from: what is configured, and what the certificates of peers name.
///
/// Only certificates whose path was found good are asked, and each issuer once; the number is bounded.
final class RevocationListAddresses: Sendable {
    /// The word among the configured addresses that means those in the certificates of peers.
    static let certificatesWord = "certificates"
    /// Addresses learnt at most.
    private static let maximum = 64

    private struct Learnt {
        var issuers: Set<String> = []
        var urls: [String] = []
    }

    private let configured: [String]
    private let learns: Bool
    private let learnt = Mutex(Learnt())

    /// - Parameter configured: addresses, separated by spaces, and perhaps ``certificatesWord``.
    init(configured: String) {
        let words = configured.split(whereSeparator: \.isWhitespace).map(String.init)
        self.configured = words.filter { $0 != Self.certificatesWord }
        learns = words.contains(Self.certificatesWord)
    }

    /// All addresses known now.
    var all: [String] {
        configured + learnt.withLock { $0.urls.filter { !configured.contains($0) } }
    }

    /// Looks at the certificate of a peer, on its event loop.
    func note(_ event: MutualTLSEvent) {
        guard learns else { return }
        switch event {
        case .admitted(let peer):
            learn(peer.certificate)
        case .failed(.certificate(let refusal), _, _):
            // For the lack of its list alone: the path is good, and the list would let it in.
            guard case .revocationListMissing = refusal.reason, let certificate = refusal.certificate else { return }
            learn(certificate)
        case .failed, .slow:
            return
        }
    }

    private func learn(_ certificate: Certificate) {
        learnt.withLock { learnt in
            guard learnt.issuers.count < Self.maximum, learnt.issuers.insert(certificate.issuer).inserted else {
                return
            }
            for url in certificate.revocationListURLs.prefix(2) where !learnt.urls.contains(url) {
                learnt.urls.append(url)
            }
        }
    }
}
