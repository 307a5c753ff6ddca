/// A range of times of a query: from (inclusive) to (exclusive), each as 14 digits that compare as text.
///
/// A time of lower precision counts as its earliest instant: 2004 is 20040101000000.
/// - Source: ITI TF-2: 3.18.4.1.2.3.3.
public struct DTMRange: Hashable, Sendable {
    /// Earliest time that is in the range; nil for no limit.
    public let from: String?
    /// Earliest time after the range; nil for no limit.
    public let to: String?

    /// Makes a range of the two parameters of a query.
    public init(from: DTM?, to: DTM?) {
        self.from = from?.lowerBound
        self.to = to?.lowerBound
    }

    /// Whether it limits nothing.
    public var isUnlimited: Bool { from == nil && to == nil }

    /// Whether a time, taken as its earliest instant, is in the range.
    public func contains(_ time: DTM) -> Bool {
        let instant = time.lowerBound
        if let from, instant < from { return false }
        if let to, instant >= to { return false }
        return true
    }
}
