import CLibPQ

extension PostgresError {
    /// The error in a result, in the terms of this library.
    ///
    /// A failure without SQLSTATE is libpq's own word that the connection is gone. The states with which the server
    /// ends a connection mean the same.
    init(result: OpaquePointer, sql: String?) {
        let message = Self.field(CLIBPQ_DIAG_MESSAGE, of: result) ?? ""
        guard let code = Self.field(CLIBPQ_DIAG_SQLSTATE, of: result) else {
            self.init(.connectionLost, message: message, sql: sql, isSent: true)
            return
        }
        let state = SQLState(rawValue: code)
        if state.endsConnection {
            self.init(.connectionLost, sqlState: state, message: message, sql: sql, isSent: true)
        } else if state == .queryCanceled {
            self.init(.timedOut, sqlState: state, message: message, sql: sql, isSent: true)
        } else {
            // The function that raises it tells a stale plan from other uses of 0A000; the message may be translated.
            let isStalePlan =
                state == .featureNotSupported
                && Self.field(CLIBPQ_DIAG_SOURCE_FUNCTION, of: result) == "RevalidateCachedQuery"
            self.init(
                .server(state), sqlState: state, constraint: Self.field(CLIBPQ_DIAG_CONSTRAINT, of: result),
                table: Self.field(CLIBPQ_DIAG_TABLE, of: result), message: message, sql: sql, isSent: true,
                isStalePlan: isStalePlan)
        }
    }

    private static func field(_ code: Int32, of result: OpaquePointer) -> String? {
        PQresultErrorField(result, code).map { String(cString: $0) }
    }
}
