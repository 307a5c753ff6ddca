public import Foundation
public import Logging
public import PostgresKit
public import ServiceLifecycle
import Synchronization

/// Counts what the messages of each organisation do against the standard: in memory while a request runs, and in the
/// database every few seconds, so that no request waits for it. What is counted at a graceful stop is written then.
public final class DeviationLedger: Service, Sendable {
    /// One habit of one organisation in one transaction.
    public struct Entry: Sendable, Equatable {
        /// Identifier of the organisation.
        public let organisation: String
        /// `ITI-18` and so on.
        public let transaction: String
        /// Name of the habit.
        public let deviation: String
        /// Messages that had it.
        public let messages: Int64
        /// When the first of them came.
        public let firstSeen: Date
        /// When the last of them came.
        public let lastSeen: Date
    }

    private struct Key: Hashable {
        let organisation: String
        let transaction: String
        let deviation: String
    }

    private struct Count {
        var messages: Int64
        var first: Int64
        var last: Int64

        mutating func add(_ other: Count) {
            messages += other.messages
            first = min(first, other.first)
            last = max(last, other.last)
        }
    }

    private let client: PostgresClient
    private let interval: Duration
    private let logger: Logger
    private let pending = Mutex<[Key: Count]>([:])

    /// A ledger in the database of `client`.
    /// - Parameter interval: time between two writings.
    public init(client: PostgresClient, interval: Duration = .seconds(5), logger: Logger) {
        self.client = client
        self.interval = interval
        self.logger = logger
    }

    /// Counts one message. Returns at once; nothing is written yet.
    public func note(_ deviations: [String], of organisation: String, in transaction: String, at time: Date = .now) {
        let second = Int64(time.timeIntervalSince1970)
        add(
            deviations.map { deviation in
                (
                    Key(organisation: organisation, transaction: transaction, deviation: deviation),
                    Count(messages: 1, first: second, last: second)
                )
            })
    }

    /// Writes at the interval until the daemon stops, and once more then.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                // A cancelled sleep ends the loop.
                try? await Task.sleep(for: self.interval)
                if !Task.isCancelled { await self.flushOrKeep() }
            }
        }
        await flushOrKeep()
    }

    /// Writes what was counted since the last time.
    /// - Throws: the failure of the database; the counts are kept for the next time.
    public func flush() async throws {
        let counted = pending.withLock { pending in
            defer { pending = [:] }
            return pending
        }
        guard !counted.isEmpty else { return }
        do {
            _ = try await client.query(Self.upsert(counted))
        } catch {
            add(counted.map { ($0.key, $0.value) })
            throw error
        }
    }

    /// What is written, in order of organisation, transaction and habit.
    /// - Parameter organisation: of this one only.
    public func entries(of organisation: String? = nil) async throws -> [Entry] {
        let rows = try await client.query(
            """
            select organisation, transaction, deviation, messages, first_seen, last_seen from deviation
            where \(organisation)::text is null or organisation = \(organisation)
            order by organisation, transaction, deviation
            """)
        return try rows.map { row in
            try Entry(
                organisation: row.decode(String.self, column: 0), transaction: row.decode(String.self, column: 1),
                deviation: row.decode(String.self, column: 2), messages: row.decode(Int64.self, column: 3),
                firstSeen: row.decode(Date.self, column: 4), lastSeen: row.decode(Date.self, column: 5))
        }
    }

    private func flushOrKeep() async {
        do {
            try await flush()
        } catch {
            logger.warning("deviations could not be written, they are kept", metadata: ["cause": "\(error)"])
        }
    }

    private func add(_ counts: [(Key, Count)]) {
        pending.withLock { pending in
            for (key, count) in counts { pending[key, default: Count(messages: 0, first: .max, last: .min)].add(count) }
        }
    }

    /// The rows are sorted, so that two daemons never wait for each other.
    private static func upsert(_ counted: [Key: Count]) -> PostgresQuery {
        let rows = counted.sorted {
            ($0.key.organisation, $0.key.transaction, $0.key.deviation)
                < ($1.key.organisation, $1.key.transaction, $1.key.deviation)
        }
        return """
            insert into deviation (organisation, transaction, deviation, messages, first_seen, last_seen)
            select organisation, transaction, deviation, messages, to_timestamp(first), to_timestamp(last)
            from unnest(\(rows.map(\.key.organisation)), \(rows.map(\.key.transaction)), \(rows.map(\.key.deviation)),
                        \(rows.map(\.value.messages)), \(rows.map(\.value.first)), \(rows.map(\.value.last)))
                as counted (organisation, transaction, deviation, messages, first, last)
            on conflict (organisation, transaction, deviation) do update set
                messages = deviation.messages + excluded.messages,
                first_seen = least(deviation.first_seen, excluded.first_seen),
                last_seen = greatest(deviation.last_seen, excluded.last_seen)
            """
    }
}
