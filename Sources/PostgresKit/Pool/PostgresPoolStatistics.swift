/// A reading of the client's gauges and counters.
public struct PostgresPoolStatistics: Sendable, Equatable {
    /// Connections that are ready for queries.
    public var ready = 0
    /// Connections that were opened and are not ready now: connecting or waiting to connect again.
    public var unavailable = 0
    /// Connections that transactions hold.
    public var leased = 0
    /// Connections for transactions that are open and free.
    public var idle = 0
    /// Transactions that wait for a connection.
    public var waiting = 0
    /// Queries accepted and not answered yet.
    public var inFlight = 0
    /// Queries answered, with a result or an error, since the start.
    public var completed = 0
    /// Queries whose caller left before the answer: deadline or cancellation.
    public var abandoned = 0
    /// Statements prepared since the start.
    public var prepared = 0
    /// Connections lost since the start.
    public var lost = 0
    /// Connections made since the start, the first ones included.
    public var connected = 0
}
