import CLibPQ
import Synchronization

extension ConnectionLoop {
    /// Sends as much of the queue as may be in flight, then flushes once.
    ///
    /// While a cancel request is on its way nothing is sent: it would hit the wrong statement. A script has the
    /// connection to itself.
    func sendQueue() {
        guard !isInterrupting, !isStale, script == nil, let handle else { return }
        var hasSent = false
        while pipeline.count < configuration.queriesInFlight, let work = queue.first {
            if case .script = work.content, !pipeline.isIdle { break }
            queue.removeFirst()
            guard belongsHere(work) else {
                drop(work, .connectionLost)
                continue
            }
            guard work.willSend() else {
                settle()
                continue
            }
            // Only now: if BEGIN is not sent, nothing that relies on it may be.
            if case .begins(let lease) = work.binding { lease.number.store(session, ordering: .relaxed) }
            guard send(work, on: handle) else { return }
            hasSent = true
            if script != nil { break }
        }
        if hasSent { flush(handle) }
    }

    /// Hands libpq's buffer to the socket.
    func flush(_ handle: OpaquePointer) {
        switch PQflush(handle) {
        case 0: hasUnflushedBytes = false
        case 1: hasUnflushedBytes = true
        // The cause is read from the socket, where the last words of the server may still be.
        default: hasUnflushedBytes = false
        }
    }

    /// Work of a lease is sent on the session the lease began with, or not at all.
    private func belongsHere(_ work: PostgresWork) -> Bool {
        guard case .continues(let lease) = work.binding else { return true }
        return lease.number.load(ordering: .relaxed) == session
    }

    private func send(_ work: PostgresWork, on handle: OpaquePointer) -> Bool {
        switch work.content {
        case .queries(let first, let others):
            guard deallocateEvicted(on: handle) else { return false }
            var isSent = transmit(first, on: handle)
            for query in others where isSent { isSent = transmit(query, on: handle) }
            isSent = isSent && clibpq_pipeline_sync(handle) == 1
            // Known to the pipeline even if it was sent in part, so that it fails with everything else.
            pipeline.sentSync(work)
            if !isSent { lose("a query could not be sent") }
            return isSent
        case .script(let text):
            script = work
            forgetAnswer()
            guard PQexitPipelineMode(handle) == 1, PQsendQuery(handle, text) == 1 else {
                lose("a script could not be sent")
                return false
            }
            return true
        }
    }

    /// Sends one query, and its preparation if it is new on this connection.
    func transmit(_ query: PostgresQuery, on handle: OpaquePointer) -> Bool {
        let count = CInt(truncatingIfNeeded: query.binds.count)
        return query.binds.bytes.storage.withUnsafeBytes { bytes in
            withUnsafePointer(to: CChar(0)) { empty in
                parameters.fill(query.binds.entries, bytes: bytes.bindMemory(to: CChar.self), empty: empty)
                let statement: Int
                switch statements.lookup(query) {
                case .prepared(let number):
                    statement = number
                case .prepare(let number):
                    statement = number
                    if !isSettingUp { connection.counters.prepared.add(1, ordering: .relaxed) }
                    guard PQsendPrepare(handle, name(number), query.sql, count, parameters.types) == 1 else {
                        return false
                    }
                    pipeline.sent(.prepare(number))
                }
                let isSent = PQsendQueryPrepared(
                    handle, name(statement), count, parameters.values, parameters.lengths, parameters.formats, 1)
                guard isSent == 1 else { return false }
                pipeline.sent(.execute(statement))
                return true
            }
        }
    }

    /// Frees statements that gave way to others, each in a segment of its own whose outcome does not matter. It goes
    /// out with the next work, so that the server has one statement too many for a while.
    ///
    /// Not in a transaction that may have failed already, where it would be refused: a lease frees them when it
    /// begins.
    private func deallocateEvicted(on handle: OpaquePointer) -> Bool {
        guard !statements.evicted.isEmpty else { return true }
        if connection.role == .leased {
            guard pipeline.isIdle, PQtransactionStatus(handle) == PQTRANS_IDLE else { return true }
        }
        for number in statements.takeEvicted() {
            let isSent =
                PQsendQueryParams(handle, "deallocate \(name(number))", 0, nil, nil, nil, nil, 1) == 1
                && clibpq_pipeline_sync(handle) == 1
            guard isSent else {
                lose("a statement could not be freed")
                return false
            }
            pipeline.sent(.execute(number))
            pipeline.sentSync(nil)
        }
        return true
    }

    private func name(_ statement: Int) -> String {
        "s\(statement)"
    }
}
