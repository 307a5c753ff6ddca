public import Foundation
public import PostgresKit

/// The latest handshakes by address of the peer, for the administrator who is phoned. No audit trail: it is written in
/// the background, bounded, and may lose what happened just before a crash.
public struct HandshakeRegister: Sendable {
    /// A handshake that failed.
    public struct Failure: Sendable, Equatable {
        /// When.
        public let at: Date
        /// Stable word, as in metrics.
        public let reason: String
        /// The plain sentence.
        public let explanation: String

        /// A failure.
        public init(at: Date, reason: String, explanation: String) {
            self.at = at
            self.reason = reason
            self.explanation = explanation
        }
    }

    /// A handshake that succeeded.
    public struct Acceptance: Sendable, Equatable {
        /// When.
        public let at: Date
        /// Subject of the certificate.
        public let certificate: String

        /// An acceptance.
        public init(at: Date, certificate: String) {
            self.at = at
            self.certificate = certificate
        }
    }

    /// What happened at one address: since the last writing, or altogether.
    public struct Tally: Sendable, Equatable {
        /// The address of the peer, without its port.
        public let address: String
        /// Handshakes that succeeded.
        public var accepted: Int
        /// The latest of them.
        public var acceptance: Acceptance?
        /// Handshakes that failed.
        public var failed: Int
        /// The latest of them.
        public var failure: Failure?

        /// A tally.
        public init(
            address: String, accepted: Int = 0, acceptance: Acceptance? = nil, failed: Int = 0, failure: Failure? = nil
        ) {
            self.address = address
            self.accepted = accepted
            self.acceptance = acceptance
            self.failed = failed
            self.failure = failure
        }

        /// When something happened last.
        public var lastAt: Date {
            max(acceptance?.at ?? .distantPast, failure?.at ?? .distantPast)
        }
    }

    /// Addresses kept at most; those of the longest silence go first.
    public static let maximumAddresses = 10_000

    private let client: PostgresClient
    private let limit: Int

    /// The table in the database of `client`.
    public init(client: PostgresClient, limit: Int = HandshakeRegister.maximumAddresses) {
        self.client = client
        self.limit = limit
    }

    /// Adds what happened. Several nodes may write the same address.
    public func add(_ tallies: [Tally]) async throws {
        guard !tallies.isEmpty else { return }
        // In one order, so that two nodes do not wait for each other.
        let tallies = tallies.sorted { $0.address < $1.address }
        let (limit, upsert) = (limit, Self.upsert(tallies))
        try await client.withTransaction { transaction in
            _ = try await transaction.executeAndCommit([
                upsert,
                """
                delete from handshake where address in
                    (select address from handshake order by last_at desc, address offset \(limit) for update skip locked)
                """,
            ])
        }
    }

    /// The latest, newest first.
    /// - Parameters:
    ///   - address: of this peer alone.
    ///   - count: how many at most.
    public func latest(address: String? = nil, count: Int = 50) async throws -> [Tally] {
        let rows = try await client.query(
            """
            select address, accepted, accepted_at, certificate, failed, failed_at, reason, explanation
            from handshake where \(address)::text is null or address = \(address)
            order by last_at desc, address limit \(count)
            """)
        return try rows.map { row in
            let acceptedAt = try row.decode(Date?.self, column: 2)
            let failedAt = try row.decode(Date?.self, column: 5)
            let certificate = try row.decode(String?.self, column: 3) ?? ""
            let reason = try row.decode(String?.self, column: 6) ?? ""
            let explanation = try row.decode(String?.self, column: 7) ?? ""
            return Tally(
                address: try row.decode(String.self, column: 0),
                accepted: Int(try row.decode(Int64.self, column: 1)),
                acceptance: acceptedAt.map { Acceptance(at: $0, certificate: certificate) },
                failed: Int(try row.decode(Int64.self, column: 4)),
                failure: failedAt.map { Failure(at: $0, reason: reason, explanation: explanation) })
        }
    }

    /// Seconds stand for times, 0 for none: arrays hold no NULL here.
    private static func upsert(_ tallies: [Tally]) -> PostgresQuery {
        let seconds = { (date: Date?) -> Double in date?.timeIntervalSince1970 ?? 0 }
        return """
            insert into handshake (address, last_at, accepted, accepted_at, certificate, failed, failed_at, reason, explanation)
            select address, to_timestamp(last_at), accepted, to_timestamp(nullif(accepted_at, 0)), nullif(certificate, ''),
                failed, to_timestamp(nullif(failed_at, 0)), nullif(reason, ''), nullif(explanation, '')
            from unnest(\(tallies.map(\.address))::text[], \(tallies.map { seconds($0.lastAt) })::float8[],
                \(tallies.map(\.accepted))::bigint[], \(tallies.map { seconds($0.acceptance?.at) })::float8[],
                \(tallies.map { $0.acceptance?.certificate ?? "" })::text[], \(tallies.map(\.failed))::bigint[],
                \(tallies.map { seconds($0.failure?.at) })::float8[], \(tallies.map { $0.failure?.reason ?? "" })::text[],
                \(tallies.map { $0.failure?.explanation ?? "" })::text[])
                as t (address, last_at, accepted, accepted_at, certificate, failed, failed_at, reason, explanation)
            on conflict (address) do update set
                last_at = greatest(handshake.last_at, excluded.last_at),
                accepted = handshake.accepted + excluded.accepted,
                accepted_at = coalesce(excluded.accepted_at, handshake.accepted_at),
                certificate = coalesce(excluded.certificate, handshake.certificate),
                failed = handshake.failed + excluded.failed,
                failed_at = coalesce(excluded.failed_at, handshake.failed_at),
                reason = coalesce(excluded.reason, handshake.reason),
                explanation = coalesce(excluded.explanation, handshake.explanation)
            """
    }
}
