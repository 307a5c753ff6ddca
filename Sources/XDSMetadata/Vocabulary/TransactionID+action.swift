extension TransactionID {
    /// The transactions this product offers, in the order of their numbers.
    public static let served: [TransactionID] = allCases.sorted { $0.number < $1.number }

    /// Those an organisation may call unless its registration says otherwise.
    public static let ordinary: [TransactionID] = served.filter(\.isOrdinary)

    /// The transaction of a request's `wsa:Action`.
    public init?(action: String) {
        guard
            let transaction = Self.allCases.first(where: { transaction in
                switch transaction {
                case .patientIdentityFeed, .notifyXADPIDLinkChange: false
                case .patientIdentityFeedV3: action.hasPrefix(transaction.requestAction)
                default: action == transaction.requestAction
                }
            })
        else { return nil }
        self = transaction
    }

    private var number: Int { Int(rawValue.dropFirst("ITI-".count)) ?? 0 }
}
