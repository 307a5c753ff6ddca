/// How much a transaction sees of others that run at the same time.
public enum IsolationLevel: Sendable, Hashable {
    /// Each statement sees what was committed when it began.
    case readCommitted
    /// All statements see what was committed when the first began; a conflicting write fails with 40001.
    case repeatableRead
    /// As if transactions ran one after the other; any may fail with 40001 and can be tried again.
    case serializable

    /// The statement that opens such a transaction.
    var begin: PostgresQuery {
        switch self {
        case .readCommitted: "begin isolation level read committed"
        case .repeatableRead: "begin isolation level repeatable read"
        case .serializable: "begin isolation level serializable"
        }
    }
}
