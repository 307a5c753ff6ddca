/// hash of a DocumentEntry: SHA-1 over the bytes of the document, 20 bytes, written as 40 hexadecimal digits.
///
/// - Source: ITI TF-3: 4.2.3.2.10.
public struct SHA1Digest: Hashable, Sendable {
    /// The 20 bytes.
    public let bytes: [UInt8]

    /// Makes a digest of its bytes; nil unless there are 20.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 20 else { return nil }
        self.bytes = bytes
    }

    /// Reads hexadecimal digits of either case.
    ///
    /// - Throws: FormatProblem.
    public init(parsing text: String) throws(FormatProblem) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(20)
        var high: UInt8?
        for byte in text.utf8 {
            guard let digit = TextFormat.hexValue(byte) else { throw FormatProblem("is not hexadecimal") }
            if let upper = high {
                bytes.append(upper << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        guard bytes.count == 20, high == nil else { throw FormatProblem("does not have 40 hexadecimal digits") }
        self.bytes = bytes
    }

    /// 40 digits in lower case.
    public var hex: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
