import AccessControl

/// Why a peer whose handshake was good may not come in.
struct PeerRefusal: Error {
    /// Stable word for logs and metrics.
    let reason: String
    /// What the peer is told.
    let explanation: String
    /// Identifier of its organisation, or `none`.
    let organisation: String
    /// Whether a new connection is needed for it to be let in.
    let endsConnection: Bool

    /// A connection without a verified peer.
    static let unverified = PeerRefusal(
        reason: "no-certificate", explanation: "no verified client certificate", organisation: "none",
        endsConnection: true)
}

extension PeerIdentity {
    /// The organisation of the peer, if its certificate is to be trusted still and the organisation may come in.
    func organisation(in directory: OrganisationDirectory) async -> Result<Organisation, PeerRefusal> {
        let failure = standing.isFresh() ? nil : await standing.refusal()
        switch (directory.decision(for: certificate), failure) {
        case (let decision, let failure?):
            return .failure(
                PeerRefusal(
                    reason: failure.word, explanation: failure.sentence, organisation: decision.organisation,
                    endsConnection: true))
        case (.admitted(let organisation), nil):
            return .success(organisation)
        case (.refused(let refusal), nil):
            return .failure(
                PeerRefusal(
                    reason: refusal.reason, explanation: refusal.explanation, organisation: refusal.organisation,
                    endsConnection: false))
        }
    }
}
