import SOAPKit

/// Names one request in the log, in its answer's `X-Request-Id` and in faults and error contexts.
enum RequestID {
    /// 16 hexadecimal digits, random.
    static func next() -> String {
        let digits = String(RandomWords.next(), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
