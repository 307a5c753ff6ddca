import AccessControl
import SOAPKit
import Trust

/// Why a peer whose handshake was good may not come in.
struct PeerRefusal: Error {
    /// What stands against it.
    enum Kind: Sendable {
        /// Its organisation: none, or one that may not come in. That may change while its connection lasts.
        case organisation
        /// Its certificate. It needs another one, and so another connection.
        case certificate
        /// Nothing but that this side lacks a list or the answer of a responder: it may come in a moment later.
        case undetermined
    }

    let kind: Kind
    /// Stable word for logs and metrics.
    let reason: String
    /// What the administrator is told.
    let explanation: String
    /// What the peer is told.
    let answer: String
    /// Identifier of its organisation, or `none`.
    let organisation: String

    /// A connection without a verified peer.
    static let unverified = PeerRefusal(
        kind: .certificate, reason: "no-certificate", explanation: "no verified client certificate",
        answer: "no verified client certificate", organisation: "none")

    private init(kind: Kind, reason: String, explanation: String, answer: String, organisation: String) {
        self.kind = kind
        self.reason = reason
        self.explanation = explanation
        self.answer = answer
        self.organisation = organisation
    }

    fileprivate init(_ refusal: AccessDecision.Refusal) {
        self.init(
            kind: .organisation, reason: refusal.reason, explanation: refusal.explanation, answer: refusal.explanation,
            organisation: refusal.organisation)
    }

    fileprivate init(_ failure: MutualTLSFailure, of organisation: String) {
        let word = failure.word
        // Which responder did not answer, and how, is no business of the peer's.
        let isUndetermined = failure.isUndetermined
        self.init(
            kind: isUndetermined ? .undetermined : .certificate, reason: word, explanation: failure.sentence,
            answer: isUndetermined
                ? "It cannot be found out at the moment whether the client certificate is to be trusted (\(word)); try again later."
                : failure.sentence,
            organisation: organisation)
    }

    /// As a fault: 403, and 503 where it may be tried again.
    var fault: SOAPFault {
        switch kind {
        case .organisation, .certificate: .sender(answer, httpStatus: 403)
        case .undetermined: .receiver(answer, httpStatus: 503)
        }
    }

    /// Whether the connection ends with the answer.
    var endsConnection: Bool { kind == .certificate }

    /// Tells the administrator: log, metrics, and the command that lists handshakes.
    func tell(_ observer: Observer, _ journal: HandshakeJournal, of peer: PeerIdentity, requestID: String) {
        observer.observe(
            .refusedPeer(
                requestID: requestID, reason: reason, explanation: explanation,
                certificate: peer.certificate.subject, address: peer.remoteAddress))
        journal.noteRefusal(address: peer.remoteAddress, reason: reason, explanation: explanation)
    }
}

extension MutualTLSFailure {
    /// Whether nothing speaks against the peer but what this side lacks.
    fileprivate var isUndetermined: Bool {
        switch self {
        case .checkUnavailable: true
        case .certificate(let refusal): refusal.isUndetermined
        default: false
        }
    }
}

extension PeerIdentity {
    /// The organisation of the peer, if its certificate is to be trusted still and the organisation may come in.
    func organisation(in directory: OrganisationDirectory) async -> Result<Organisation, PeerRefusal> {
        let failure = standing.isFresh() ? nil : await standing.refusal()
        let decision = directory.decision(for: certificate)
        if let failure { return .failure(PeerRefusal(failure, of: decision.organisation)) }
        switch decision {
        case .admitted(let organisation): return .success(organisation)
        case .refused(let refusal): return .failure(PeerRefusal(refusal))
        }
    }
}
