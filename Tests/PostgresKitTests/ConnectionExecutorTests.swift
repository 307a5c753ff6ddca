import Foundation
import PostgresKit
import Testing
import XDSTesting

@Suite("Tasks on the threads of connections")
struct ConnectionExecutorTests {
    /// The name of the thread that asks.
    private static func thread() throws -> String {
        try String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @Test("The body of a transaction goes on where its answers arrive, and its caller where it was")
    func transaction() async throws {
        try await PostgresFixture.withClient { client in
            let threads = try await client.withTransaction { transaction in
                var threads: [String] = []
                for number in 1...3 {
                    _ = try await transaction.query("select \(Int64(number))")
                    threads.append(try Self.thread())
                }
                return threads
            }
            #expect(threads == ["db-leased-0", "db-leased-0", "db-leased-0"])
            #expect(try Self.thread() != "db-leased-0")
        }
    }

    @Test("A task that prefers the shared connection does its queries there, beside those of others")
    func shared() async throws {
        try await PostgresFixture.withClient(configure: { $0.sharedConnections = 1 }) { client in
            let others = Task {
                for number in 0..<200 {
                    let answer = try await client.query("select \(Int64(number))").decode(Int64.self, row: 0, column: 0)
                    #expect(answer == number)
                }
            }
            let threads = try await Task(executorPreference: client.sharedExecutor) {
                var threads: Set<String> = []
                for number in 0..<200 {
                    let answer = try await client.query("select \(Int64(number))").decode(Int64.self, row: 0, column: 0)
                    #expect(answer == number)
                    threads.insert(try Self.thread())
                }
                return threads
            }.value
            #expect(threads == ["db-shared-0"])
            try await others.value
        }
    }

    @Test("A task that prefers a connection goes on elsewhere before its thread was started and after it has ended")
    func withoutThread() async throws {
        try await PostgresFixture.withClient { client in
            let executor = client.sharedExecutor
            let before = try await Task(executorPreference: executor) { try Self.thread() }.value
            #expect(!before.hasPrefix("db-"))
            _ = try await client.query("select 1")
            #expect(try await Task(executorPreference: executor) { try Self.thread() }.value == "db-shared-0")
            await Task(executorPreference: executor) { await client.shutDown() }.value
            let after = try await Task(executorPreference: executor) { try Self.thread() }.value
            #expect(!after.hasPrefix("db-"))
        }
    }

    @Test("A transaction that was cancelled while its server works is rolled back from the thread of its connection")
    func cancellation() async throws {
        try await PostgresFixture.withClient(configure: { $0.leasedConnections = 1 }) { client in
            let task = Task {
                try await client.withTransaction { transaction in
                    _ = try await transaction.query("create table t (a bigint)")
                    _ = try await transaction.query("select pg_sleep(60)")
                }
            }
            try await TransactionTests.waitUntil {
                try await client.query(
                    """
                    select from pg_stat_activity where datname = current_database() and state = 'active'
                        and query like '%pg_sleep(60)%' and pid <> pg_backend_pid()
                    """
                ).rowCount == 1
            }
            task.cancel()
            await #expect(throws: PostgresError.self) { try await task.value }
            let exists = try await client.withTransaction {
                try await $0.query("select to_regclass('t') is not null").decode(Bool.self, row: 0, column: 0)
            }
            #expect(!exists)
            // Rolled back on the session it was on: a server that was not asked to stop would have kept it until it was given up.
            #expect(client.statistics.lost == 0)
        }
    }

    @Test("A child task that outlives the transaction it was begun in, and the client, goes on elsewhere")
    func orphan() async throws {
        try await withThrowingTaskGroup(of: String.self) { group in
            try await PostgresFixture.withClient { client in
                try await client.withTransaction { transaction in
                    _ = try await transaction.query("select 1")
                    group.addTask {
                        for _ in 0..<20 { try await Task.sleep(for: .milliseconds(20)) }
                        return try Self.thread()
                    }
                }
            }
            // Its executor has other connections by then.
            try await PostgresFixture.withClient { client in
                for _ in 0..<20 {
                    try await client.withTransaction { _ = try await $0.query("select pg_sleep(0.02)") }
                }
            }
            #expect(try await group.next() != nil)
        }
    }
}
