/// Why bytes are no MIME package. Quotes nothing of the message.
public enum MultipartError: Error, Sendable, Hashable {
    /// The boundary parameter is empty, longer than 70 characters or has characters that cannot be in one.
    case illegalBoundary
    /// The bytes before the first boundary are more than allowed, or there is no boundary at all.
    case noBoundary
    /// The body ended before the closing boundary.
    case notClosed
    /// There are more parts than allowed.
    case tooManyParts(limit: Int)
    /// The header of a part is larger than allowed.
    case headerTooLarge(part: Int, limit: Int)
    /// A header line of a part has no colon.
    case malformedHeader(part: Int)
    /// The bytes after the closing boundary are more than allowed.
    case trailingBytes
}

extension MultipartError: CustomStringConvertible {
    /// One plain sentence for the sender. Parts are counted from 1.
    public var description: String {
        switch self {
        case .illegalBoundary:
            "The boundary parameter of the Content-Type is not a legal MIME boundary (1 to 70 printable characters)."
        case .noBoundary: "The body does not contain the boundary that its Content-Type announces."
        case .notClosed: "The MIME package is cut off: its closing boundary is missing."
        case .tooManyParts(let limit): "The MIME package has more than \(limit) parts."
        case .headerTooLarge(let part, let limit): "The header of MIME part \(part) is larger than \(limit) bytes."
        case .malformedHeader(let part): "The header of MIME part \(part) has a line without a colon."
        case .trailingBytes: "There is too much data after the closing boundary of the MIME package."
        }
    }
}
