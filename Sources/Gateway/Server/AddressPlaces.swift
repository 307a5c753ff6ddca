import NIOCore
import Synchronization

/// Places that connections take, counted for each address they come from: no single one may take them all.
final class AddressPlaces: Sendable {
    private let limit: Int
    private let taken = Mutex<[String: Int]>([:])

    /// - Parameter limit: places of one address at most.
    init(limit: Int) {
        self.limit = limit
    }

    /// Takes a place; it must be given back. A peer without an IP address is not counted.
    /// - Returns: `false` when the address has all that it may have; nothing is to be given back then.
    func take(_ address: SocketAddress?) -> Bool {
        guard let host = address?.ipAddress else { return true }
        return taken.withLock { taken in
            let count = taken[host, default: 0]
            guard count < limit else { return false }
            taken[host] = count + 1
            return true
        }
    }

    /// Gives a place back.
    func giveBack(_ address: SocketAddress?) {
        guard let host = address?.ipAddress else { return }
        taken.withLock { taken in
            // An address without places is forgotten: there are many of them in a year.
            let count = taken[host, default: 1] - 1
            taken[host] = count > 0 ? count : nil
        }
    }

    /// Addresses that have places now.
    var addresses: Int { taken.withLock { $0.count } }
}
