/// Why a query, a transaction or a connection failed.
///
/// `description` says what kind of failure it is and nothing that a user or a partner sent: it may be logged anywhere.
/// `debugDescription` adds the server's message and the SQL text, never a parameter.
public struct PostgresError: Error, Sendable {
    /// The kinds of failure.
    public enum Code: Hashable, Sendable {
        /// The connection ended while the query was on its way; whether a write took effect is not known, unless the
        /// query was part of a transaction that had not begun to commit, which the server rolls back.
        case connectionLost
        /// No connection could be made within the wait limit; nothing was sent.
        case serverUnavailable
        /// The deadline of the query passed, or the server's `statement_timeout`.
        case timedOut
        /// The task was cancelled.
        case cancelled
        /// The server refused, for the reason in the SQLSTATE.
        case server(SQLState)
        /// A value of a result is not what was asked for.
        case decoding
        /// No connection came free within the wait limit, or too many queries wait already.
        case poolExhausted
        /// The client has been told to shut down.
        case shutDown
        /// The transaction was over, or had failed and could not be committed.
        case transactionFailed
        /// The query or the configuration cannot be sent: too many parameters, U+0000 in the SQL, a bad conninfo.
        case invalidRequest
        /// libpq or the server did what the protocol does not foresee; the connection was given up.
        case protocolViolation
    }

    private final class Details: Sendable {
        let code: Code
        let sqlState: SQLState?
        let constraint: String?
        let table: String?
        let message: String
        let sql: String?
        let isSent: Bool
        let isStalePlan: Bool

        init(
            code: Code, sqlState: SQLState?, constraint: String?, table: String?, message: String, sql: String?,
            isSent: Bool, isStalePlan: Bool
        ) {
            self.code = code
            self.sqlState = sqlState
            self.constraint = constraint
            self.table = table
            self.message = message
            self.sql = sql
            self.isSent = isSent
            self.isStalePlan = isStalePlan
        }
    }

    private let details: Details
    /// Which of the queries given to `execute` failed, from 0; those after it were not run.
    public internal(set) var position: Int?

    /// An error; `message` and `sql` show in `debugDescription` only.
    /// - Parameters:
    ///   - isSent: whether the query may have reached the server.
    ///   - isStalePlan: whether the server refused a plan whose result type DDL changed.
    init(
        _ code: Code, sqlState: SQLState? = nil, constraint: String? = nil, table: String? = nil, message: String = "",
        sql: String? = nil, isSent: Bool = false, isStalePlan: Bool = false
    ) {
        details = Details(
            code: code, sqlState: sqlState, constraint: constraint, table: table, message: message, sql: sql,
            isSent: isSent, isStalePlan: isStalePlan)
    }

    /// What kind of failure it is.
    public var code: Code { details.code }
    /// The server's own code, when the server spoke; also present on `connectionLost` and `timedOut`.
    public var sqlState: SQLState? { details.sqlState }
    /// The constraint that was violated.
    public var constraint: String? { details.constraint }
    /// The table the server names with the error.
    public var table: String? { details.table }

    /// What the server said. It may quote data: for `debugDescription`, and for the SQL of migrations, which has none.
    var serverMessage: String { details.message }

    /// True when the query may have taken effect although it failed: it was sent and no answer came.
    public var outcomeIsUnknown: Bool {
        switch code {
        case .connectionLost, .timedOut, .cancelled: details.isSent && sqlState != .queryCanceled
        default: false
        }
    }

    /// True when the same transaction may well succeed if it is tried again, and trying again cannot do harm.
    public var isRetryable: Bool {
        switch code {
        case .serverUnavailable, .poolExhausted: true
        case .connectionLost: !outcomeIsUnknown
        case .server(let state):
            switch state {
            case .serializationFailure, .deadlockDetected, .lockNotAvailable, .invalidSQLStatementName,
                .readOnlySQLTransaction, .tooManyConnections:
                true
            default: details.isStalePlan
            }
        default: false
        }
    }

    /// The same failure of a query in a transaction that had not begun to commit: the server rolls it back, so that
    /// the outcome is known.
    var rolledBack: PostgresError {
        var error = PostgresError(
            code, sqlState: sqlState, constraint: constraint, table: table, message: details.message, sql: details.sql,
            isSent: false, isStalePlan: details.isStalePlan)
        error.position = position
        return error
    }

    /// True when the statement must be prepared anew: DDL changed its result, or the server does not know it.
    var asksForNewStatement: Bool {
        details.isStalePlan || sqlState == .invalidSQLStatementName
    }
}

extension PostgresError: CustomStringConvertible, CustomDebugStringConvertible {
    /// The kind of failure and the SQLSTATE; no value, no message of the server, no SQL.
    public var description: String {
        let words =
            switch code {
            case .connectionLost: "the connection to the database was lost"
            case .serverUnavailable: "the database cannot be reached"
            case .timedOut: "the query timed out"
            case .cancelled: "the query was cancelled"
            case .server: "the database refused the query"
            case .decoding: "a value of the result is not of the expected type"
            case .poolExhausted: "no database connection came free in time"
            case .shutDown: "the database client is shut down"
            case .transactionFailed: "the transaction is over or cannot be committed"
            case .invalidRequest: "the query cannot be sent"
            case .protocolViolation: "the database connection is out of step"
            }
        guard let sqlState else { return words }
        return "\(words) (SQLSTATE \(sqlState))"
    }

    /// Adds the message of the server and the SQL text, without parameters. The message may quote data.
    public var debugDescription: String {
        var text = description
        if let constraint { text += "; constraint \(constraint)" }
        if !details.message.isEmpty { text += "; \(details.message)" }
        if let sql = details.sql { text += "; in: \(sql)" }
        return text
    }
}
