/// The five characters by which the server names a condition.
///
/// - Source: PostgreSQL documentation, appendix A "PostgreSQL Error Codes".
public struct SQLState: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// Class (two characters) and condition (three).
    public let rawValue: String

    /// The state with this code.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// The code.
    public var description: String { rawValue }

    /// 08P01: the client sent what the protocol does not allow, such as a wrong number of parameters.
    public static let protocolViolation = SQLState(rawValue: "08P01")
    /// 0A000: not supported; also raised for a cached plan whose result type changed.
    public static let featureNotSupported = SQLState(rawValue: "0A000")
    /// 22021: a character is not in the repertoire, such as U+0000 in text.
    public static let characterNotInRepertoire = SQLState(rawValue: "22021")
    /// 23502: NULL in a column that forbids it.
    public static let notNullViolation = SQLState(rawValue: "23502")
    /// 23503: a reference to a row that does not exist.
    public static let foreignKeyViolation = SQLState(rawValue: "23503")
    /// 23505: a value that exists already; ``PostgresError/constraint`` names the constraint.
    public static let uniqueViolation = SQLState(rawValue: "23505")
    /// 23514: a value that a check constraint forbids.
    public static let checkViolation = SQLState(rawValue: "23514")
    /// 25006: a write on a standby or in a read-only transaction.
    public static let readOnlySQLTransaction = SQLState(rawValue: "25006")
    /// 25P02: a statement in a transaction that failed before.
    public static let inFailedSQLTransaction = SQLState(rawValue: "25P02")
    /// 26000: a prepared statement that does not exist.
    public static let invalidSQLStatementName = SQLState(rawValue: "26000")
    /// 40001: a concurrent transaction prevents this one; it can be tried again.
    public static let serializationFailure = SQLState(rawValue: "40001")
    /// 40P01: a deadlock was broken at the cost of this transaction; it can be tried again.
    public static let deadlockDetected = SQLState(rawValue: "40P01")
    /// 42501: the role lacks a privilege.
    public static let insufficientPrivilege = SQLState(rawValue: "42501")
    /// 42601: the SQL cannot be parsed.
    public static let syntaxError = SQLState(rawValue: "42601")
    /// 42703: no such column.
    public static let undefinedColumn = SQLState(rawValue: "42703")
    /// 42P01: no such table.
    public static let undefinedTable = SQLState(rawValue: "42P01")
    /// 53100: the server's disk is full.
    public static let diskFull = SQLState(rawValue: "53100")
    /// 53200: the server is out of memory.
    public static let outOfMemory = SQLState(rawValue: "53200")
    /// 53300: the server has no connection left.
    public static let tooManyConnections = SQLState(rawValue: "53300")
    /// 55P03: a lock was not to be had within `lock_timeout`, or with `nowait`.
    public static let lockNotAvailable = SQLState(rawValue: "55P03")
    /// 57014: the statement was cancelled, by us or by `statement_timeout`.
    public static let queryCanceled = SQLState(rawValue: "57014")
    /// 57P01: the server shuts down, or an administrator ended the connection.
    public static let adminShutdown = SQLState(rawValue: "57P01")
    /// 57P02: the server restarts after a crash.
    public static let crashShutdown = SQLState(rawValue: "57P02")
    /// 57P03: the server starts or stops and takes no connections.
    public static let cannotConnectNow = SQLState(rawValue: "57P03")
    /// 57P05: the server ended an idle connection.
    public static let idleSessionTimeout = SQLState(rawValue: "57P05")

    /// The states with which the server ends a connection.
    var endsConnection: Bool {
        switch self {
        case .adminShutdown, .crashShutdown, .cannotConnectNow, .idleSessionTimeout: true
        default: rawValue.hasPrefix("08") && self != .protocolViolation
        }
    }
}
