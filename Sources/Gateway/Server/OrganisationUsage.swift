import AccessControl
import NIOCore
import Synchronization

/// What every organisation uses at this moment: requests in work, bytes of their bodies, and its rate.
///
/// One lock over a few numbers, held for the time of a look into a dictionary: a request takes it twice, a chunk of a
/// body of unknown length once. Bounded by the number of organisations.
final class OrganisationUsage: Sendable {
    private let defaults: Organisation.Limits
    private let accounts = Mutex<[String: Account]>([:])

    /// - Parameter defaults: for organisations without limits of their own; nil is without bound.
    init(defaults: Organisation.Limits) {
        self.defaults = defaults
    }

    /// A request's place; it must be given back by ``end(_:)``.
    struct Place: Sendable {
        fileprivate let organisation: String
        fileprivate let limit: Int?
        fileprivate let bytes: ByteCount

        /// The limit that the body of this request went over as it came; nil when it did not.
        var overrun: OrganisationLimit? { bytes.isOver ? .bytes(limit ?? 0) : nil }
    }

    /// Counts a request in.
    /// - Parameter bytes: length that its body announces; 0 when it announces none.
    func begin(_ organisation: Organisation, bytes: Int, now: NIODeadline) -> Result<Place, OrganisationLimited> {
        let limits = organisation.limits.over(defaults)
        let limit = accounts.withLock { accounts in
            accounts[organisation.identifier, default: Account()].begin(bytes: bytes, limits: limits, now: now)
        }
        if let limit { return .failure(OrganisationLimited(organisation: organisation.identifier, limit: limit)) }
        return .success(
            Place(organisation: organisation.identifier, limit: limits.bytes, bytes: ByteCount(bytes)))
    }

    /// Counts bytes of a body that announced no length.
    /// - Throws: the limit that was reached; the request still has to be ended.
    func receive(_ bytes: Int, at place: Place) throws(OrganisationLimited) {
        let fits = accounts.withLock { accounts in
            accounts[place.organisation]?.receive(bytes, limit: place.limit) ?? true
        }
        guard fits else {
            place.bytes.noteOver()
            throw OrganisationLimited(organisation: place.organisation, limit: .bytes(place.limit ?? 0))
        }
        place.bytes.add(bytes)
    }

    /// Counts a request out.
    func end(_ place: Place) {
        accounts.withLock { $0[place.organisation]?.end(bytes: place.bytes.value) }
    }

    /// Requests in work of an organisation, for tests and metrics.
    func requests(of organisation: String) -> Int {
        accounts.withLock { $0[organisation]?.requests ?? 0 }
    }

    /// Bytes in work of an organisation.
    func bytes(of organisation: String) -> Int {
        accounts.withLock { $0[organisation]?.bytes ?? 0 }
    }

    /// A number that a place counts up, and whether it would have become too much.
    fileprivate final class ByteCount: Sendable {
        private let number: Atomic<Int>
        private let over = Atomic<Bool>(false)

        init(_ number: Int) { self.number = Atomic(number) }

        var value: Int { number.load(ordering: .relaxed) }
        var isOver: Bool { over.load(ordering: .relaxed) }

        func add(_ count: Int) { number.add(count, ordering: .relaxed) }
        func noteOver() { over.store(true, ordering: .relaxed) }
    }
}

/// A request that is refused because its organisation reached a limit.
struct OrganisationLimited: Error, Sendable, Equatable {
    let organisation: String
    let limit: OrganisationLimit
}

extension OrganisationUsage {
    /// The figures of one organisation. Pure.
    struct Account {
        private(set) var requests = 0
        private(set) var bytes = 0
        private var tokens: Double?
        private var filledAt = NIODeadline.uptimeNanoseconds(0)

        /// Counts a request in, unless it is one too many.
        mutating func begin(bytes announced: Int, limits: Organisation.Limits, now: NIODeadline) -> OrganisationLimit? {
            if let limit = limits.requests, requests >= limit { return .requests(limit) }
            if let limit = limits.bytes, announced > limit - bytes { return .bytes(limit) }
            // The rate comes last: a request that is refused for another reason costs none of it.
            if let limit = limits.requestsPerSecond, !takeToken(rate: limit, now: now) { return .rate(limit) }
            requests += 1
            bytes += announced
            return nil
        }

        mutating func receive(_ count: Int, limit: Int?) -> Bool {
            if let limit, count > limit - bytes { return false }
            bytes += count
            return true
        }

        mutating func end(bytes held: Int) {
            requests -= 1
            bytes -= held
        }

        /// A bucket of one second's requests, filled steadily.
        private mutating func takeToken(rate: Int, now: NIODeadline) -> Bool {
            let passed = Double((now - filledAt).nanoseconds) / 1_000_000_000
            let filled = min(Double(rate), (tokens ?? Double(rate)) + max(0, passed) * Double(rate))
            filledAt = now
            tokens = filled
            guard filled >= 1 else { return false }
            tokens = filled - 1
            return true
        }
    }
}

extension Organisation.Limits {
    /// These, and where there are none, the defaults.
    fileprivate func over(_ defaults: Organisation.Limits) -> Organisation.Limits {
        Organisation.Limits(
            requests: requests ?? defaults.requests, bytes: bytes ?? defaults.bytes,
            requestsPerSecond: requestsPerSecond ?? defaults.requestsPerSecond)
    }
}
