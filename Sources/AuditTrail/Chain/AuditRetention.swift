public import FoundationEssentials
public import PostgresKit

/// Removes events past their retention: whole segments, each ended by a signed checkpoint, which stays.
///
/// - Source: NEN 7513 leaves the period to the holder; the rest of the chain proves itself from the checkpoint that stayed.
public struct AuditRetention: Sendable {
    /// What can be removed.
    public struct Plan: Sendable {
        /// The last checkpoint signed before the limit.
        public let checkpoint: AuditCheckpoint
        /// Events up to it.
        public let events: Int64
    }

    private static let chunk: Int64 = 10_000

    private let client: PostgresClient

    /// Retention in the database of `client`, which must be that of the owner of the tables.
    public init(client: PostgresClient) {
        self.client = client
    }

    /// The segments that ended before `limit`; `nil` if there are none with events left.
    ///
    /// A checkpoint is signed after its events were written, so they are all older than its signature.
    public func plan(before limit: Date) async throws -> Plan? {
        let checkpoints = try await client.query(AuditCheckpoint.select).map { try AuditCheckpoint($0) }
        guard let last = checkpoints.last(where: { $0.signedAt < limit }) else { return nil }
        // Numbers have no gaps; counting the rows of years would take longer than a query may.
        let first = try await client.query("select min(sequence) from audit_event")
            .decode(Int64?.self, row: 0, column: 0)
        guard let first, first <= last.head.sequence else { return nil }
        return Plan(checkpoint: last, events: last.head.sequence - first + 1)
    }

    /// Removes what was planned, after the removal was recorded in the trail itself, in pieces.
    public func remove(_ plan: Plan, by person: AuditEvent.Person, journal: AuditJournal) async throws {
        var event = AuditEvent(.auditLogPruned)
        event.person = person
        event.objects = [
            AuditObject(
                .auditTrail, id: "urn:audit-records:1-\(plan.checkpoint.head.sequence)",
                details: [Self.detail(plan.checkpoint.head)])
        ]
        try await journal.append([event])
        while true {
            let removed = try await client.query(
                "select prune_audit(\(plan.checkpoint.head.sequence), \(Self.chunk))"
            ).decode(Int64.self, row: 0, column: 0)
            if removed == 0 { return }
        }
    }

    /// By which a removal names the checkpoint that stays.
    static func detail(_ head: ChainHead) -> AuditObject.Detail { .init("AuditRecord", "\(head)") }
}
