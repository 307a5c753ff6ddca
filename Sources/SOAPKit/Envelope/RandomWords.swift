import Glibc
import Synchronization

/// Random words of the system's generator, fetched 128 at a time: a system call for each costs ten times as much.
package enum RandomWords {
    private struct Stock {
        var words = [UInt64](repeating: 0, count: 128)
        var left = 0

        mutating func next() -> UInt64 {
            if left == 0 {
                words.withUnsafeMutableBytes { bytes in
                    if let base = bytes.baseAddress { arc4random_buf(base, bytes.count) }
                }
                left = words.count
            }
            left -= 1
            return words[left]
        }
    }

    private static let stock = Mutex(Stock())

    /// One word.
    package static func next() -> UInt64 {
        stock.withLock { $0.next() }
    }

    /// Two words.
    package static func pair() -> (UInt64, UInt64) {
        stock.withLock { ($0.next(), $0.next()) }
    }
}
