import PostgresKit
import Testing
import XDSTesting

@Suite("Transactions on leased connections")
struct TransactionTests {
    private struct Stop: Error {}

    private func withTable<R: Sendable>(
        configure: (inout PostgresConfiguration) -> Void = { _ in }, _ body: (PostgresClient) async throws -> R
    ) async throws -> R {
        try await PostgresFixture.withClient(configure: configure) { client in
            _ = try await client.query("create table t (a bigint constraint t_a_once unique)")
            return try await body(client)
        }
    }

    private func count(_ client: PostgresClient) async throws -> Int {
        try await client.query("select count(*) from t").decode(Int.self, row: 0, column: 0)
    }

    @Test("What the body did is there after it returned, and not before")
    func commit() async throws {
        try await withTable { client in
            let value = try await client.withTransaction { transaction in
                _ = try await transaction.query("insert into t values (1)")
                #expect(try await count(client) == 0)
                return "done"
            }
            #expect(value == "done")
            #expect(try await count(client) == 1)
            #expect(client.statistics.leased == 0)
        }
    }

    @Test("Nothing is there after the body threw")
    func rollback() async throws {
        try await withTable { client in
            await #expect(throws: Stop.self) {
                try await client.withTransaction { transaction in
                    _ = try await transaction.query("insert into t values (1)")
                    throw Stop()
                }
            }
            let stored = try await count(client)
            #expect(stored == 0)
        }
    }

    @Test("Nothing is there after the task was cancelled, and the server stopped what it ran")
    func cancellation() async throws {
        try await withTable(configure: { $0.leasedConnections = 1 }) { client in
            let task = Task {
                try await client.withTransaction { transaction in
                    _ = try await transaction.query("insert into t values (1)")
                    _ = try await transaction.query("select pg_sleep(60)")
                }
            }
            try await Self.waitUntil {
                try await client.query(
                    """
                    select 1 from pg_stat_activity
                    where datname = current_database() and query = 'select pg_sleep(60)'
                    """
                ).rowCount == 1
            }
            let start = ContinuousClock.now
            task.cancel()
            let error = await failure { try await task.value }
            #expect(error?.code == .cancelled)
            #expect(start.duration(to: .now) < .seconds(30))
            let rows = try await client.withTransaction { try await $0.query("select * from t").rowCount }
            #expect(rows == 0)
            #expect(client.statistics.lost == 0)
        }
    }

    @Test("A body that returns although its task was cancelled is rolled back")
    func cancelledBody() async throws {
        try await withTable { client in
            let task = Task {
                try await client.withTransaction { transaction in
                    _ = try await transaction.query("insert into t values (1)")
                    withUnsafeCurrentTask { $0?.cancel() }
                }
            }
            _ = await failure { try await task.value }
            let stored = try await count(client)
            #expect(stored == 0)
        }
    }

    @Test("Several queries travel together; the first error tells which it was and the others are not run")
    func execute() async throws {
        try await withTable { client in
            let results = try await client.withTransaction { transaction in
                try await transaction.execute([
                    "insert into t values (1)", "select 5::bigint", "insert into t values (2)",
                ])
            }
            #expect(results.count == 3)
            #expect(try results[1].decode(Int.self, row: 0, column: 0) == 5)
            let error = await failure {
                try await client.withTransaction { transaction in
                    _ = try await transaction.execute([
                        "insert into t values (3)", "insert into t values (1)", "insert into t values (4)",
                    ])
                }
            }
            #expect(error?.position == 1)
            #expect(error?.constraint == "t_a_once")
            #expect(error?.debugDescription.contains("values (1)") == true)
            #expect(try await count(client) == 2)
        }
    }

    @Test("Queries and commit in one round trip; nothing may follow")
    func executeAndCommit() async throws {
        try await withTable { client in
            try await client.withTransaction { transaction in
                let results = try await transaction.executeAndCommit([
                    "insert into t values (1)", "insert into t values (2) returning a",
                ])
                #expect(results.count == 2)
                #expect(try results[1].decode(Int.self, row: 0, column: 0) == 2)
                #expect(try await count(client) == 2)
                let error = await failure { try await transaction.query("select 1") }
                #expect(error?.code == .transactionFailed)
            }
            let error = await failure {
                try await client.withTransaction { transaction in
                    _ = try await transaction.query("insert into t values (7)")
                    try await transaction.executeAndCommit(["insert into t values (8)", "insert into t values (1)"])
                }
            }
            #expect(error?.code == .server(.uniqueViolation))
            #expect(try await count(client) == 2)
        }
    }

    @Test("A commit that is flushed with the next one says so to the server, and positions and results count as ever")
    func commitWithNext() async throws {
        try await withTable(configure: { $0.sessionParameters["synchronous_commit"] = "on" }) { client in
            try await client.withTransaction(durability: .withNextCommit) { transaction in
                let results = try await transaction.execute([
                    "insert into t values (1)", "select current_setting('synchronous_commit')",
                ])
                #expect(results.count == 2)
                #expect(try results[1].decode(String.self, row: 0, column: 0) == "off")
                let last = try await transaction.executeAndCommit(["insert into t values (2) returning a"])
                #expect(try last[0].decode(Int.self, row: 0, column: 0) == 2)
            }
            #expect(try await count(client) == 2)
            let error = await failure {
                try await client.withTransaction(durability: .withNextCommit) { transaction in
                    try await transaction.executeAndCommit(["insert into t values (3)", "insert into t values (1)"])
                }
            }
            #expect(error?.position == 1)
            // The next transaction of the connection has the server's own setting.
            let setting = try await client.withTransaction { transaction in
                try await transaction.query("select current_setting('synchronous_commit')")
            }
            #expect(try setting.decode(String.self, row: 0, column: 0) == "on")
        }
    }

    @Test("An error that the body swallows cannot be committed over")
    func swallowedError() async throws {
        try await withTable { client in
            let error = await failure {
                try await client.withTransaction { transaction in
                    _ = try await transaction.query("insert into t values (1)")
                    _ = await failure { try await transaction.query("select 1 / 0") }
                }
            }
            #expect(error?.code == .transactionFailed)
            let stored = try await count(client)
            #expect(stored == 0)
        }
    }

    @Test("A body that sends nothing makes no round trip")
    func emptyBody() async throws {
        try await withTable { client in
            let before = client.statistics.completed
            try await client.withTransaction { _ in }
            #expect(client.statistics.completed == before)
        }
    }

    @Test("A transaction that outlives its body refuses queries")
    func escaped() async throws {
        try await withTable { client in
            let escaped = try await client.withTransaction { transaction in
                _ = try await transaction.query("select 1")
                return transaction
            }
            let error = await failure { try await escaped.query("insert into t values (1)") }
            #expect(error?.code == .transactionFailed)
            #expect(try await count(client) == 0)
        }
    }

    @Test("Concurrent increments of serializable transactions fail with an error that asks to try again")
    func serializable() async throws {
        try await withTable { client in
            _ = try await client.query("insert into t values (0)")
            let error = await failure {
                try await client.withTransaction(isolation: .serializable) { outer in
                    _ = try await outer.query("select a from t")
                    try await client.withTransaction(isolation: .serializable) { inner in
                        _ = try await inner.query("update t set a = a + 1")
                    }
                    _ = try await outer.query("update t set a = a + 1")
                }
            }
            #expect(error?.code == .server(.serializationFailure))
            #expect(error?.isRetryable == true)
        }
    }

    @Test("A stale plan inside a transaction is an error that asks to try again, and then works")
    func stalePlan() async throws {
        try await withTable(configure: { $0.leasedConnections = 1 }) { client in
            try await client.withTransaction { _ = try await $0.query("select * from t") }
            _ = try await client.query("alter table t add b text")
            let error = await failure {
                try await client.withTransaction { _ = try await $0.query("select * from t") }
            }
            #expect(error?.isRetryable == true)
            let columns = try await client.withTransaction { try await $0.query("select * from t").columnCount }
            #expect(columns == 2)
        }
    }

    @Test("When all connections are leased the next waits, and gives up in time")
    func exhaustion() async throws {
        try await withTable(configure: {
            $0.leasedConnections = 1
            $0.leaseWait = .milliseconds(300)
        }) { client in
            try await client.withTransaction { transaction in
                _ = try await transaction.query("select 1")
                let start = ContinuousClock.now
                let error = await failure { try await client.withTransaction { _ in } }
                #expect(error?.code == .poolExhausted)
                #expect(error?.isRetryable == true)
                #expect(start.duration(to: .now) >= .milliseconds(300))
            }
            #expect(client.statistics.waiting == 0)
            try await client.withTransaction { _ = try await $0.query("select 1") }
        }
    }

    @Test("50 transactions over 3 connections all get their turn")
    func fairness() async throws {
        try await withTable(configure: {
            $0.leasedConnections = 3
            $0.leaseWait = .seconds(20)
        }) { client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<50 {
                    group.addTask {
                        try await client.withTransaction { transaction in
                            _ = try await transaction.query("insert into t values (\(number))")
                            _ = try await transaction.query("select pg_sleep(0.002)")
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await count(client) == 50)
            #expect(client.statistics.leased == 0)
        }
    }

    @Test("Who waits for a connection and is cancelled leaves the queue at once")
    func cancelledWaiter() async throws {
        try await withTable(configure: { $0.leasedConnections = 1 }) { client in
            try await client.withTransaction { transaction in
                _ = try await transaction.query("select 1")
                let waiter = Task { try await client.withTransaction { _ in } }
                try await Self.waitUntil { client.statistics.waiting == 1 }
                waiter.cancel()
                let error = await failure { try await waiter.value }
                #expect(error?.code == .cancelled)
                #expect(client.statistics.waiting == 0)
            }
        }
    }

    /// Waits for a condition, five seconds at most.
    static func waitUntil(_ condition: () async throws -> Bool) async throws {
        for _ in 0..<500 {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("the condition did not come true in five seconds")
    }
}
