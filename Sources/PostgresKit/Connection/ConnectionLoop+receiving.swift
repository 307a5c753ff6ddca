import CLibPQ
import NIOCore

extension ConnectionLoop {
    /// Reads what the server sent and goes on writing what did not fit.
    func serve(_ handle: OpaquePointer, events: CInt) {
        var isBroken = false
        if events & ~CLIBPQ_WRITABLE != 0 { isBroken = PQconsumeInput(handle) == 0 }
        // What came before the connection broke is complete and counts.
        guard takeResults(handle) else { return }
        if isBroken || PQstatus(handle) == CONNECTION_BAD {
            lose("the server closed it", sqlState: failure?.sqlState)
            return
        }
        if hasUnflushedBytes { flush(handle) }
    }

    /// Takes every result that is complete in libpq's buffer.
    /// - Returns: false when the connection was given up.
    private func takeResults(_ handle: OpaquePointer) -> Bool {
        if script != nil { return takeScriptResults(handle) }
        var separators = 0
        while !pipeline.isIdle, PQisBusy(handle) == 0 {
            guard let result = PQgetResult(handle) else {
                separators += 1
                // libpq has nothing more although something is expected: it gave up, or we miscounted.
                guard pipeline.receivedSeparator() != .giveUp, separators < 3 else {
                    lose("results are out of step")
                    return false
                }
                continue
            }
            separators = 0
            guard take(result, status: PQresultStatus(result)) else { return false }
            // The handle changes when the last result ended the set-up or the connection.
            guard self.handle == handle else { return false }
        }
        return true
    }

    private func take(_ result: OpaquePointer, status: ExecStatusType) -> Bool {
        switch status {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
            let action = pipeline.received(.success)
            guard action == .collect else {
                PQclear(result)
                return action == .none || giveUp()
            }
            answer.append(PostgresResult(result))
            succeeded += 1
            return true
        case PGRES_PIPELINE_ABORTED:
            PQclear(result)
            return follow(pipeline.received(.aborted))
        case PGRES_PIPELINE_SYNC:
            PQclear(result)
            let (isDue, work) = pipeline.receivedSync()
            guard isDue else { return giveUp() }
            complete(work)
            return true
        case PGRES_FATAL_ERROR:
            let sql = pipeline.current?.sql(at: succeeded)
            let error = PostgresError(result: result, sql: sql)
            PQclear(result)
            failure = failure ?? error
            // The server's last words; the socket closes next.
            if error.code == .connectionLost {
                lose("the server ended it", sqlState: error.sqlState)
                return false
            }
            return follow(pipeline.received(.failure))
        default:
            // COPY and replication have no place in a pipeline.
            PQclear(result)
            return giveUp()
        }
    }

    private func follow(_ action: PipelineStateMachine<PostgresWork>.Action) -> Bool {
        switch action {
        case .none, .collect:
            return true
        case .collectError(let statement):
            if let statement, failure?.asksForNewStatement == true { statements.invalidate(statement) }
            return true
        case .forget(let statement, _):
            statements.forget(statement)
            return true
        case .giveUp:
            return giveUp()
        }
    }

    private func giveUp() -> Bool {
        lose("results are out of step")
        return false
    }

    /// The segment at the head was answered in full.
    private func complete(_ work: PostgresWork?) {
        guard let work else {
            if isSettingUp { finishSetUp() } else { forgetAnswer() }
            return
        }
        if var failure {
            if failure.asksForNewStatement, !work.isFinished, work.takeRetry() {
                queue.prepend(work)
                forgetAnswer()
                return
            }
            if failure.sqlState == .readOnlySQLTransaction { isStale = true }
            failure.position = succeeded
            settle()
            work.finish(.failure(failure))
        } else {
            settle()
            work.finish(.success(answer))
        }
        forgetAnswer()
    }

    /// Takes the results of a script; at its end the connection returns to pipeline mode.
    private func takeScriptResults(_ handle: OpaquePointer) -> Bool {
        while let work = script, PQisBusy(handle) == 0 {
            guard let result = PQgetResult(handle) else {
                finishScript(work, on: handle)
                break
            }
            defer { PQclear(result) }
            switch PQresultStatus(result) {
            case PGRES_FATAL_ERROR:
                let error = PostgresError(result: result, sql: nil)
                failure = failure ?? error
                guard error.code != .connectionLost else {
                    lose("the server ended it", sqlState: error.sqlState)
                    return false
                }
            case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
                return giveUp()
            default:
                break
            }
        }
        return true
    }

    private func finishScript(_ work: PostgresWork, on handle: OpaquePointer) {
        script = nil
        let outcome = failure
        var answer = PostgresAnswer()
        answer.isInTransaction = PQtransactionStatus(handle) == PQTRANS_INTRANS
        forgetAnswer()
        settle()
        if let outcome { work.finish(.failure(outcome)) } else { work.finish(.success(answer)) }
        if PQenterPipelineMode(handle) != 1 { lose("pipeline mode was refused") }
    }
}
