import FoundationEssentials
import Synchronization

/// Chains that were found trusted, so that a peer that connects again and again is not checked from the beginning each time.
///
/// Nothing is believed longer than it would be after a check: an entry ends with the first certificate or list that begins or
/// ends, and other lists make another ``TrustStore``, which knows none. Refusals are not kept.
final class TrustedChains: Sendable {
    private struct Entry {
        let certificate: Certificate
        let from: Date
        let until: Date
    }

    /// Chains that are kept at most.
    private static let limit = 1_024
    /// Bytes of a chain that is kept.
    private static let maximumBytes = 16 * 1024
    /// How long one is kept at most.
    private static let time: TimeInterval = 300

    private let entries = Mutex<[[[UInt8]]: Entry]>([:])

    /// The certificate of a chain that is trusted at this time for all that is known; `nil` where it has to be checked.
    func certificate(of chain: [[UInt8]], at time: Date) -> Certificate? {
        guard Self.isShort(chain) else { return nil }
        return entries.withLock { entries in
            guard let entry = entries[chain], entry.from <= time, time < entry.until else { return nil }
            return entry.certificate
        }
    }

    private static func isShort(_ chain: [[UInt8]]) -> Bool { chain.reduce(0) { $0 + $1.count } <= maximumBytes }

    /// Keeps a chain that was found trusted. Who shows the certificate of another with more of its own can make others be checked
    /// anew, and no more than that: the key is proved after the chain.
    /// - Parameter changes: when anything begins or ends that the check looked at.
    func keep(_ chain: [[UInt8]], of certificate: Certificate, at time: Date, until changes: [Date]) {
        guard Self.isShort(chain) else { return }
        let until = changes.filter { $0 > time }.reduce(time.addingTimeInterval(Self.time), min)
        entries.withLock { entries in
            if entries.count >= Self.limit, entries[chain] == nil, let any = entries.keys.first { entries[any] = nil }
            entries[chain] = Entry(certificate: certificate, from: time, until: until)
        }
    }
}
