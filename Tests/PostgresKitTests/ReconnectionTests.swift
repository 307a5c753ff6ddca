import PostgresKit
import Testing
import XDSTesting

@Suite("Time-outs, lost connections and shutdown")
struct ReconnectionTests {
    @Test("A query that takes too long fails in time, and its neighbours still get their answers")
    func timeout() async throws {
        try await PostgresFixture.withClient(configure: { $0.sharedConnections = 1 }) { client in
            _ = try await client.query("select 1")
            // The neighbour waits behind the slow statement on the connection, so it must outlast the caller's time-out.
            let slow = Task { try await client.query("select pg_sleep(3)", timeout: .milliseconds(50)) }
            async let neighbour = client.query("select 2")
            let error = await failure { try await slow.value }
            #expect(error?.code == .timedOut)
            #expect(try await neighbour.decode(Int.self, row: 0, column: 0) == 2)
            #expect(client.statistics.abandoned == 1)
            #expect(client.statistics.lost == 0)
        }
    }

    @Test("The server's statement_timeout ends what runs too long")
    func statementTimeout() async throws {
        try await PostgresFixture.withClient(configure: { $0.statementTimeout = .milliseconds(100) }) { client in
            let error = await failure { try await client.query("select pg_sleep(60)") }
            #expect(error?.code == .timedOut)
            #expect(error?.sqlState == .queryCanceled)
            #expect(error?.outcomeIsUnknown == false)
        }
    }

    @Test("A time-out in a transaction cancels the statement and rolls back")
    func timeoutInTransaction() async throws {
        try await PostgresFixture.withClient(configure: { $0.leasedConnections = 1 }) { client in
            let start = ContinuousClock.now
            let error = await failure {
                try await client.withTransaction { transaction in
                    _ = try await transaction.query("select 1")
                    _ = try await transaction.query("select pg_sleep(60)", timeout: .milliseconds(50))
                }
            }
            #expect(error?.code == .timedOut)
            #expect(start.duration(to: .now) < .seconds(30))
            let rows = try await client.withTransaction { try await $0.query("select 1").rowCount }
            #expect(rows == 1)
            #expect(client.statistics.lost == 0)
        }
    }

    @Test("The caller of a cancelled query is resumed at once, and the connection goes on")
    func cancelledQuery() async throws {
        try await PostgresFixture.withClient(configure: { $0.sharedConnections = 1 }) { client in
            _ = try await client.query("select 1")
            let task = Task { try await client.query("select pg_sleep(3)") }
            try await Task.sleep(for: .milliseconds(50))
            task.cancel()
            let error = await failure { try await task.value }
            #expect(error?.code == .cancelled)
            let after = try await client.query("select 1")
            #expect(after.rowCount == 1)
        }
    }

    @Test("1,000 queries cancelled at random moments each end once")
    func cancellationStorm() async throws {
        try await PostgresFixture.withClient(configure: { $0.sharedConnections = 2 }) { client in
            await withTaskGroup(of: Bool.self) { group in
                for number in 0..<1000 {
                    group.addTask {
                        let task = Task { try await client.query("select \(number)") }
                        for _ in 0..<(number % 7) { await Task.yield() }
                        task.cancel()
                        do {
                            return try await task.value.decode(Int.self, row: 0, column: 0) == number
                        } catch {
                            return (error as? PostgresError)?.code == .cancelled
                        }
                    }
                }
                #expect(await group.allSatisfy { $0 })
            }
            try await TransactionTests.waitUntil { client.statistics.inFlight == 0 }
            let after = try await client.query("select 1")
            #expect(after.rowCount == 1)
        }
    }

    @Test("Sessions that the server ends: what was in flight gets connectionLost, what comes later succeeds")
    func terminatedSessions() async throws {
        try await PostgresFixture.withClient(configure: { $0.sharedConnections = 1 }) { client in
            _ = try await client.query("select 1")
            let first = Task { try await client.query("select pg_sleep(10)") }
            try await Task.sleep(for: .milliseconds(100))
            let second = Task { try await client.query("select 2") }
            try await Task.sleep(for: .milliseconds(100))
            try await Self.terminateOthers(client)
            let firstError = await failure { try await first.value }
            let secondError = await failure { try await second.value }
            #expect(firstError?.code == .connectionLost)
            #expect(firstError?.sqlState == .adminShutdown)
            #expect(firstError?.outcomeIsUnknown == true)
            #expect(secondError?.code == .connectionLost)
            let after = try await client.query("select 3")
            #expect(try after.decode(Int.self, row: 0, column: 0) == 3)
            #expect(client.statistics.lost >= 1)
        }
    }

    @Test("A transaction does not go on upon another session after its own was lost")
    func transactionOnLostSession() async throws {
        try await PostgresFixture.withClient(configure: { $0.leasedConnections = 1 }) { client in
            _ = try await client.query("create table t (a bigint)")
            let error = await failure {
                try await client.withTransaction { transaction in
                    let process = try await transaction.query("select pg_backend_pid()")
                        .decode(Int.self, row: 0, column: 0)
                    _ = try await client.query("select pg_terminate_backend(\(Int32(process)), 5000)")
                    try await Task.sleep(for: .milliseconds(300))
                    _ = try await transaction.query("insert into t values (1)")
                }
            }
            #expect(error?.code == .connectionLost)
            #expect(error?.outcomeIsUnknown == false)
            let rows = try await client.query("select * from t").rowCount
            #expect(rows == 0)
        }
    }

    @Test("A server that turns out to be read-only is connected to again, as after a failover")
    func readOnlyServer() async throws {
        try await PostgresFixture.withClient(configure: {
            $0.sharedConnections = 1
            $0.leasedConnections = 1
        }) { client in
            _ = try await client.query("create table t (a bigint)")
            try await client.withTransaction { _ = try await $0.query("insert into t values (0)") }
            try await Self.setReadOnly("on", client)
            let error = await failure { try await client.query("insert into t values (1)") }
            #expect(error?.code == .server(.readOnlySQLTransaction))
            #expect(error?.isRetryable == true)
            let inTransaction = await failure {
                try await client.withTransaction { _ = try await $0.query("insert into t values (1)") }
            }
            #expect(inTransaction?.code == .server(.readOnlySQLTransaction))
            try await Self.setReadOnly("off", client)
            try await TransactionTests.waitUntil {
                do {
                    _ = try await client.query("insert into t values (1)")
                    return true
                } catch let error as PostgresError where error.isRetryable {
                    return false
                }
            }
            try await TransactionTests.waitUntil {
                do {
                    try await client.withTransaction { _ = try await $0.query("insert into t values (2)") }
                    return true
                } catch let error as PostgresError where error.isRetryable {
                    return false
                }
            }
        }
    }

    /// Makes new sessions of the database of a client read-only, or not, and ends those that there are.
    private static func setReadOnly(_ setting: String, _ client: PostgresClient) async throws {
        var configuration = client.configuration
        configuration.sessionParameters = ["default_transaction_read_only": "off"]
        try await PostgresFixture.withClient(configuration) { other in
            _ = try await other.query(
                """
                do $$ begin
                    execute format('alter database %I set default_transaction_read_only = \(unescaped: setting)',
                                   current_database());
                end $$
                """)
        }
        if setting == "on" {
            try await terminateOthers(client)
            try await TransactionTests.waitUntil { !client.isReady || client.statistics.lost > 0 }
        }
    }

    @Test("An unreachable server is an error after the wait limit, and never a hang", .timeLimit(.minutes(20)))
    func unreachable() async throws {
        var configuration = PostgresConfiguration(conninfo: "host=/nonexistent port=1 user=nobody dbname=none")
        configuration.connectWait = .milliseconds(300)
        try await PostgresFixture.withClient(configuration) { client in
            let error = await failure { try await client.query("select 1") }
            #expect(error?.code == .serverUnavailable)
            #expect(error?.isRetryable == true)
            let inTransaction = await failure {
                try await client.withTransaction { _ = try await $0.query("select 1") }
            }
            #expect(inTransaction?.code == .serverUnavailable)
            #expect(!client.isReady)
        }
    }

    @Test("A bad connection string is the same as a server that is away")
    func badConninfo() async throws {
        var configuration = PostgresConfiguration(conninfo: "nonsense=1 host=/tmp")
        configuration.connectWait = .milliseconds(100)
        try await PostgresFixture.withClient(configuration) { client in
            let error = await failure { try await client.ping() }
            #expect(error?.code == .serverUnavailable)
        }
    }

    @Test("Shutdown finishes what is in flight and refuses what comes")
    func shutdown() async throws {
        try await PostgresFixture.withDatabase { conninfo in
            let client = PostgresClient(
                configuration: PostgresConfiguration(conninfo: conninfo), logger: PostgresFixture.silentLogger)
            _ = try await client.query("create table t (a bigint)")
            let query = Task { try await client.query("select 7::bigint from pg_sleep(2)") }
            let transaction = Task {
                try await client.withTransaction { transaction in
                    _ = try await transaction.query("insert into t values (1)")
                    _ = try await transaction.query("select pg_sleep(2)")
                    _ = try await transaction.query("insert into t values (2)")
                }
            }
            // Asked of another client: both are at the server.
            try await PostgresFixture.withClient(PostgresConfiguration(conninfo: conninfo)) { other in
                try await TransactionTests.waitUntil {
                    try await other.query(
                        """
                        select from pg_stat_activity where datname = current_database() and state = 'active'
                            and query like '%pg_sleep(2)%' and pid <> pg_backend_pid()
                        """
                    ).rowCount == 2
                }
            }
            await client.shutDown()
            #expect(try await query.value.decode(Int.self, row: 0, column: 0) == 7)
            try await transaction.value
            let refused = await failure { try await client.query("select 1") }
            #expect(refused?.code == .shutDown)
            let noLease = await failure { try await client.withTransaction { _ in } }
            #expect(noLease?.code == .shutDown)
            let rows = try await PostgresFixture.withClient(PostgresConfiguration(conninfo: conninfo)) {
                try await $0.query("select * from t").rowCount
            }
            #expect(rows == 2)
        }
    }

    @Test("Shutdown does not wait longer than its limit")
    func shutdownLimit() async throws {
        try await PostgresFixture.withDatabase { conninfo in
            var configuration = PostgresConfiguration(conninfo: conninfo)
            configuration.shutdownWait = .milliseconds(200)
            let client = PostgresClient(configuration: configuration, logger: PostgresFixture.silentLogger)
            let query = Task { try await client.query("select pg_sleep(60)") }
            try await TransactionTests.waitUntil { client.isReady }
            let start = ContinuousClock.now
            await client.shutDown()
            #expect(start.duration(to: .now) < .seconds(30))
            let error = await failure { try await query.value }
            #expect(error?.code == .connectionLost)
        }
    }

    @Test("As a service the client is ready without a query and ends with its task")
    func service() async throws {
        try await PostgresFixture.withDatabase { conninfo in
            let client = PostgresClient(
                configuration: PostgresConfiguration(conninfo: conninfo), logger: PostgresFixture.silentLogger)
            let service = Task { try await client.run() }
            try await TransactionTests.waitUntil { client.isReady && client.statistics.ready == 4 }
            try await client.ping()
            service.cancel()
            try await service.value
            #expect(!client.isReady)
        }
    }

    @Test("More queries than are accepted for one connection are refused, the others answered")
    func acceptanceLimit() async throws {
        try await PostgresFixture.withClient(configure: {
            $0.sharedConnections = 1
            $0.queriesAccepted = 50
            $0.queriesInFlight = 10
        }) { client in
            _ = try await client.query("select 1")
            let blocker = Task { try await client.query("select pg_sleep(0.3)") }
            let codes = await withTaskGroup(of: PostgresError.Code?.self) { group in
                for _ in 0..<200 {
                    group.addTask {
                        do throws(PostgresError) {
                            _ = try await client.query("select 1")
                            return nil
                        } catch {
                            return error.code
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            _ = try await blocker.value
            #expect(codes.count { $0 == nil } >= 45)
            #expect(codes.allSatisfy { $0 == nil || $0 == .poolExhausted })
            #expect(codes.contains(.poolExhausted))
        }
    }

    /// Ends every session of the database of a client but the one that asks.
    static func terminateOthers(_ client: PostgresClient) async throws {
        try await PostgresFixture.withClient(client.configuration) { other in
            _ = try await other.query(
                """
                select pg_terminate_backend(pid) from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid()
                """)
        }
    }
}
