import CLibPQ
import Logging

extension ConnectionLoop {
    /// Begins to connect. Name resolution and the first system calls block this thread.
    func open() {
        connection.whileBlocked { startConnecting() }
    }

    private func startConnecting() {
        session += 1
        let settings: [(String, String)] = [
            ("dbname", configuration.conninfo),
            ("fallback_application_name", configuration.applicationName),
            ("client_encoding", "UTF8"),
        ]
        let handle = withCStrings(settings.map(\.0)) { keywords in
            withCStrings(settings.map(\.1)) { values in
                // The last argument lets the value of dbname be a whole connection string.
                PQconnectStartParams(keywords, values, 1)
            }
        }
        self.handle = handle
        guard let handle, PQstatus(handle) != CONNECTION_BAD else {
            failToConnect()
            return
        }
        clibpq_discard_notices(handle)
        connectEvents = CLIBPQ_WRITABLE
    }

    /// Goes on connecting after the socket became ready.
    func advanceConnecting(_ handle: OpaquePointer) {
        switch PQconnectPoll(handle) {
        case PGRES_POLLING_READING: connectEvents = CLIBPQ_READABLE
        case PGRES_POLLING_WRITING: connectEvents = CLIBPQ_WRITABLE
        case PGRES_POLLING_OK: setUpSession(handle)
        default: failToConnect()
        }
    }

    /// Sends the settings of the session as the first segment of the pipeline.
    ///
    /// `set_config` takes values as parameters and works where start-up options are filtered, such as in poolers.
    private func setUpSession(_ handle: OpaquePointer) {
        guard PQsetnonblocking(handle, 1) == 0, PQenterPipelineMode(handle) == 1 else {
            failToConnect()
            return
        }
        isSettingUp = true
        forgetAnswer()
        let milliseconds =
            configuration.statementTimeout.components.seconds * 1000
            + configuration.statementTimeout.components.attoseconds / 1_000_000_000_000_000
        var parameters = configuration.sessionParameters
        parameters["TimeZone"] = "UTC"
        // Every statement is prepared for a shape of query, so that one plan serves all its values. Left to choose, the server
        // plans most of them again at each execution, which can take longer than the execution.
        parameters["plan_cache_mode"] = "force_generic_plan"
        parameters["statement_timeout"] = String(milliseconds)
        var binds = PostgresBindings(capacity: parameters.count * 2)
        var calls: [String] = []
        for (name, value) in parameters.sorted(by: { $0.key < $1.key }) {
            binds.append(name)
            binds.append(value)
            calls.append("set_config($\(binds.count - 1), $\(binds.count), false)")
        }
        // libpq reads at once what its buffer holds: 16 kB, until a longer message makes it grow for good. This is that message.
        calls.append("repeat(' ', \(Self.readBufferBytes))")
        let query = PostgresQuery(unescaped: "select " + calls.joined(separator: ", "), binds)
        guard transmit(query, on: handle), clibpq_pipeline_sync(handle) == 1 else {
            failToConnect()
            return
        }
        pipeline.sentSync(nil)
        flush(handle)
    }

    /// Makes libpq's buffer for reading grow to 128 kB.
    private static let readBufferBytes = 120_000

    /// The answer to the settings came.
    func finishSetUp() {
        let refusal = failure
        isSettingUp = false
        forgetAnswer()
        if let refusal {
            connection.logger.error(
                "database session settings refused", metadata: ["sqlstate": "\(refusal.sqlState?.rawValue ?? "none")"])
            perform(machine.failed(now: .now, jitter: .random(in: 0...1)))
        } else {
            perform(machine.connected())
        }
    }

    private func failToConnect() {
        // libpq's message names host, role and reason, never a password.
        let reason = handle.flatMap { PQerrorMessage($0) }.map { String(cString: $0) } ?? "out of memory"
        connection.logger.warning(
            "database connection failed",
            metadata: ["reason": "\(reason.split(separator: "\n").joined(separator: "; "))"])
        perform(machine.failed(now: .now, jitter: .random(in: 0...1)))
    }

    /// Calls a closure with a NULL-terminated array of C strings.
    private func withCStrings<R>(
        _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> R?
    ) -> R? {
        var bytes: [CChar] = []
        var offsets: [Int] = []
        for string in strings {
            offsets.append(bytes.count)
            bytes.append(contentsOf: string.utf8CString)
        }
        return bytes.withUnsafeBufferPointer { bytes in
            var pointers: [UnsafePointer<CChar>?] = offsets.map { offset in bytes.baseAddress.map { $0 + offset } }
            pointers.append(nil)
            return pointers.withUnsafeBufferPointer { pointers in pointers.baseAddress.flatMap(body) }
        }
    }
}
