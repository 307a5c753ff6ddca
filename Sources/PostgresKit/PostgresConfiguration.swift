import CLibPQ

/// How to reach the server and how many connections to keep.
public struct PostgresConfiguration: Sendable {
    /// The connection string of libpq, `key=value` pairs or a `postgresql://` URI. Several hosts with
    /// `target_session_attrs=read-write` follow a failover.
    public var conninfo: String
    /// What the server shows in `pg_stat_activity`.
    public var applicationName = "postgreskit"
    /// Connections that autocommit queries share, each with many queries in flight.
    public var sharedConnections = 4
    /// The most connections that transactions lease, one transaction each. They are opened when first needed.
    public var leasedConnections = 8
    /// How long one attempt to connect may take.
    public var connectTimeout: Duration = .seconds(5)
    /// How long a query waits for a connection to be made before it fails with `serverUnavailable`.
    public var connectWait: Duration = .seconds(5)
    /// How long a transaction waits for a free connection before it fails with `poolExhausted`.
    public var leaseWait: Duration = .seconds(5)
    /// How long the caller of a query waits for its result unless it says otherwise.
    public var queryTimeout: Duration = .seconds(30)
    /// `statement_timeout` of the sessions: how long the server works on one statement, whoever still waits for it.
    public var statementTimeout: Duration = .seconds(30)
    /// The first pause before connecting again; it doubles with each failure.
    public var minimumBackoff: Duration = .milliseconds(100)
    /// The longest pause before connecting again.
    public var maximumBackoff: Duration = .seconds(5)
    /// Prepared statements kept on a connection; the one used longest ago gives way.
    public var preparedStatements = 256
    /// Queries sent on one connection and not answered yet; more wait unsent.
    public var queriesInFlight = 128
    /// Queries accepted for one connection and not answered yet; more fail with `poolExhausted`.
    public var queriesAccepted = 4096
    /// How long a shutdown waits for what was accepted before it gives up the connections.
    public var shutdownWait: Duration = .seconds(30)
    /// More settings of the sessions, by name, such as `search_path`. They are set with `set_config`.
    public var sessionParameters: [String: String] = [:]

    /// The defaults for a server.
    public init(conninfo: String) {
        self.conninfo = conninfo
    }

    /// The same server with another database.
    ///
    /// - Throws: `invalidRequest` when libpq cannot parse `conninfo`.
    public static func conninfo(_ conninfo: String, database: String) throws(PostgresError) -> String {
        var message: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(conninfo, &message) else {
            defer { PQfreemem(message) }
            throw PostgresError(.invalidRequest, message: "the connection string cannot be parsed")
        }
        defer { PQconninfoFree(options) }
        var pairs: [String] = []
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val, String(cString: keyword) != "dbname" {
                pairs.append("\(String(cString: keyword))=\(quoted(String(cString: value)))")
            }
            option += 1
        }
        pairs.append("dbname=\(quoted(database))")
        return pairs.joined(separator: " ")
    }

    private static func quoted(_ value: String) -> String {
        var text = "'"
        for character in value {
            if character == "'" || character == "\\" { text.append("\\") }
            text.append(character)
        }
        return text + "'"
    }
}
