import SOAPKit

/// A limit that an organisation has reached.
enum OrganisationLimit: Sendable, Equatable {
    /// As many requests as it may have in work at once.
    case requests(Int)
    /// As many bytes of messages as it may send at once.
    case bytes(Int)
    /// As many bytes of SOAP envelopes as it may have in memory at once.
    case envelopes(Int)
    /// As many requests in a second as it may make.
    case rate(Int)

    /// So many seconds that a request waited for its turn; then its sender has given up, or soon will.
    case turn(seconds: Int)

    /// Stable word for metrics.
    var word: String {
        switch self {
        case .requests: "requests"
        case .bytes: "bytes"
        case .envelopes: "envelopes"
        case .rate: "rate"
        case .turn: "turn"
        }
    }

    /// When to try again, in seconds.
    var retryAfter: Int { 1 }

    /// What the organisation is told: HTTP 429, the limit by name, and when to try again.
    ///
    /// - Source: RFC 6585, section 4.
    func fault(organisation: String) -> SOAPFault {
        let reason =
            switch self {
            case .requests(let limit):
                "Organisation \(organisation) has \(limit) requests in work, as many as it may have at once"
            case .bytes(let limit):
                "Organisation \(organisation) may not send more than \(limit) bytes at once, over all its requests"
            case .envelopes(let limit):
                "The envelopes of organisation \(organisation) may not hold more than \(limit) bytes at once"
            case .rate(let limit): "Organisation \(organisation) may make \(limit) requests a second"
            case .turn(let seconds):
                "Organisation \(organisation) has many requests in work, and this one waited \(seconds) s for its turn"
            }
        return .sender("\(reason); try again in \(retryAfter) s, or ask the region's administrator.", httpStatus: 429)
    }
}
