/// What the front door decides about a verified peer: who it is, or why it may not come in.
public enum AccessDecision: Sendable, Equatable {
    case admitted(Organisation)
    case refused(Refusal)

    /// Why a peer with a valid certificate is refused. Each has a sentence for the partner and one for the log.
    public enum Refusal: Sendable, Equatable {
        /// No organisation has this certificate, nor the URA in it.
        case notRegistered(subject: String)
        /// The organisation is registered and suspended.
        case suspended(identifier: String)

        /// Stable word for logs and metrics.
        public var reason: String {
            switch self {
            case .notRegistered: "not-registered"
            case .suspended: "suspended"
            }
        }

        /// Identifier of the organisation, or `none`, for metrics.
        public var organisation: String {
            switch self {
            case .notRegistered: "none"
            case .suspended(let identifier): identifier
            }
        }

        /// What the partner is told.
        public var explanation: String {
            switch self {
            case .notRegistered(let subject):
                "The client certificate \(subject) is valid, but it belongs to no organisation registered here; "
                    + "ask the region's administrator to register it."
            case .suspended(let identifier):
                "Organisation \(identifier) is registered here, but suspended; ask the region's administrator."
            }
        }
    }
}
