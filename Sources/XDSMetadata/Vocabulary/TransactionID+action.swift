extension TransactionID {
    /// The transactions this product offers, in the order of their numbers.
    public static let served: [TransactionID] = allCases.sorted { $0.rawValue < $1.rawValue }

    /// The transaction of a request's `wsa:Action`.
    public init?(action: String) {
        guard let transaction = Self.allCases.first(where: { $0.requestAction == action }) else { return nil }
        self = transaction
    }
}
