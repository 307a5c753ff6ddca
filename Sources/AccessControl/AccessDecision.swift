/// What the front door decides about a verified peer: who it is, or why it may not come in.
public enum AccessDecision: Sendable, Equatable {
    case admitted(Organisation)
    case refused(Refusal)

    /// Identifier of the organisation, or `none`.
    public var organisation: String {
        switch self {
        case .admitted(let organisation): organisation.identifier
        case .refused(let refusal): refusal.organisation
        }
    }

    /// Why a peer with a valid certificate is refused. Each has a sentence for the partner and one for the log.
    public enum Refusal: Sendable, Equatable {
        /// No organisation has this certificate, nor the URA in it.
        case notRegistered(subject: String)
        /// The URA in the certificate is registered, but its issuer is none that may vouch for a URA.
        case foreignURA(subject: String, issuer: String)
        /// The organisation is registered and suspended.
        case suspended(identifier: String)

        /// Stable word for logs and metrics.
        public var reason: String {
            switch self {
            case .notRegistered: "not-registered"
            case .foreignURA: "foreign-ura"
            case .suspended: "suspended"
            }
        }

        /// Identifier of the organisation, or `none`, for metrics.
        public var organisation: String {
            switch self {
            case .notRegistered, .foreignURA: "none"
            case .suspended(let identifier): identifier
            }
        }

        /// What the partner is told.
        public var explanation: String {
            switch self {
            case .notRegistered(let subject):
                "The client certificate \(subject) is valid, but it belongs to no organisation registered here; "
                    + "ask the region's administrator to register it."
            case .foreignURA(let subject, let issuer):
                "The client certificate \(subject) is valid, but the URA in it does not count, because \(issuer) issued it; "
                    + "ask the region's administrator to register the certificate itself."
            case .suspended(let identifier):
                "Organisation \(identifier) is registered here, but suspended; ask the region's administrator."
            }
        }
    }
}
