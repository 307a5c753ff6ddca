/// The name of stored bytes: their SHA-256. Equal bytes have one address and are stored once.
public struct ContentAddress: Hashable, Sendable {
    /// 32 bytes.
    public let sha256: [UInt8]

    /// - Precondition: 32 bytes; the only makers are the digest and a column that is checked to hold 32.
    public init(sha256: [UInt8]) {
        precondition(sha256.count == 32, "a SHA-256 has 32 bytes")
        self.sha256 = sha256
    }

    /// 64 lower-case hexadecimal digits: the file name.
    public var hex: String { sha256.hexadecimal }

    /// An address from a file name, `nil` if it is none.
    init?(hex: Substring) {
        guard hex.utf8.count == 64 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        var digits = hex.utf8.makeIterator()
        while let high = digits.next(), let low = digits.next() {
            guard let high = Self.value(of: high), let low = Self.value(of: low) else { return nil }
            bytes.append(high << 4 | low)
        }
        self.sha256 = bytes
    }

    /// Key of the PostgreSQL advisory lock that keeps a submission and the sweep of the same bytes apart.
    var lockKey: Int64 {
        sha256.prefix(8).reduce(0) { $0 << 8 | Int64($1) }
    }

    private static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}

extension Sequence<UInt8> {
    /// Lower-case hexadecimal digits, two a byte.
    var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in self {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
