import PostgresKit
import Synchronization
import Testing
import XDSTesting

@Suite(
    "A server that restarts under load",
    .enabled("needs the PostgreSQL server programs") { PrivatePostgresServer.binaries != nil }
)
struct ServerRestartTests {
    /// What the workers saw.
    private final class Tally: Sendable {
        struct Counts {
            var succeeded = 0
            var codes: Set<PostgresError.Code> = []
            var acknowledged: Set<Int> = []
        }

        let isOver = Atomic<Bool>(false)
        let counts = Mutex(Counts())

        var succeeded: Int { counts.withLock { $0.succeeded } }
    }

    @Test(
        "In-flight requests get a clean error, later ones succeed, and what was acknowledged is there",
        arguments: [PrivatePostgresServer.Stop.fast, .immediate])
    func restart(mode: PrivatePostgresServer.Stop) async throws {
        try await PrivatePostgresServer.with { server in
            var configuration = PostgresConfiguration(conninfo: server.conninfo)
            configuration.sharedConnections = 2
            configuration.connectWait = .seconds(20)
            try await PostgresFixture.withClient(configuration) { client in
                _ = try await client.query("create table t (a bigint primary key)")
                let tally = Tally()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for worker in 0..<16 {
                        group.addTask {
                            await Self.work(worker, client, tally: tally)
                        }
                    }
                    try await TransactionTests.waitUntil { tally.succeeded > 50 }
                    // Certain to be in flight when the server goes, however busy this machine is.
                    let inFlight = Task { await failure { try await client.query("select pg_sleep(60)") } }
                    try await TransactionTests.waitUntil { client.statistics.inFlight > 0 }
                    try await Task.sleep(for: .milliseconds(300))
                    try await server.restart(mode)
                    #expect(await inFlight.value?.code == .connectionLost)
                    let before = tally.succeeded
                    try await TransactionTests.waitUntil { tally.succeeded > before + 200 }
                    tally.isOver.store(true, ordering: .relaxed)
                    try await group.waitForAll()
                }
                let seen = tally.counts.withLock { $0 }
                #expect(seen.codes.isSubset(of: [.connectionLost, .serverUnavailable]))
                #expect(client.statistics.lost >= 1)
                let rows = try await client.query("select a from t")
                let stored = try Set(rows.map { try $0.decode(Int.self, column: 0) })
                #expect(seen.acknowledged.isSubset(of: stored))
            }
        }
    }

    private static func work(_ worker: Int, _ client: PostgresClient, tally: Tally) async {
        var number = 0
        while !tally.isOver.load(ordering: .relaxed) {
            number += 1
            let key = worker * 1_000_000 + number
            do {
                if worker % 4 == 0 {
                    try await client.withTransaction { transaction in
                        _ = try await transaction.executeAndCommit(["insert into t values (\(key))"])
                    }
                } else {
                    _ = try await client.query("insert into t values (\(key))")
                }
                tally.counts.withLock {
                    $0.succeeded += 1
                    $0.acknowledged.insert(key)
                }
            } catch let error as PostgresError {
                tally.counts.withLock { _ = $0.codes.insert(error.code) }
            } catch {
                Issue.record(error)
            }
        }
    }
}
