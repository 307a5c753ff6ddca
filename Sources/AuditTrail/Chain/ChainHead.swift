/// The end of the chain: the number and the hash of its last event.
public struct ChainHead: Sendable, Hashable {
    /// Number of the last event, 0 before the first.
    public let sequence: Int64
    /// Its hash, 32 bytes; zeros before the first.
    public let hash: [UInt8]

    /// A head.
    public init(sequence: Int64, hash: [UInt8]) {
        self.sequence = sequence
        self.hash = hash
    }

    /// Before the first event.
    public static let origin = ChainHead(sequence: 0, hash: Array(repeating: 0, count: 32))
}

extension ChainHead: CustomStringConvertible {
    /// `number:hash in hexadecimal`, as it stands in the log and in the details of forwarded messages.
    public var description: String { "\(sequence):\(hash.hexadecimal)" }

    /// Reads what ``description`` writes; `nil` for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let sequence = Int64(parts[0]), sequence >= 0, parts[1].utf8.count == 64 else {
            return nil
        }
        var hash: [UInt8] = []
        let digits = Array(parts[1].utf8)
        for index in stride(from: 0, to: 64, by: 2) {
            guard let byte = UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16) else {
                return nil
            }
            hash.append(byte)
        }
        self.init(sequence: sequence, hash: hash)
    }
}
