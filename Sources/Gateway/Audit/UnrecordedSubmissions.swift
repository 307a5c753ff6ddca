import AuditTrail
import FoundationEssentials
import Logging
import PostgresKit
import ServiceLifecycle

/// Finds registrations without an event and records them.
///
/// A registration commits first and its event right after, before the answer leaves. A daemon that dies between the two, or cannot
/// write the event, leaves a registration that nobody was told of; the rows of the registry know who sent it and when.
struct UnrecordedSubmissions: Service {
    /// Time between looks.
    private static let interval = Duration.seconds(60)
    /// The key of the advisory lock: the ASCII codes of "xds-subm".
    private static let lockKey: Int64 = 0x7864_732d_7375_626d

    let client: PostgresClient
    let source: AuditSource
    /// Signs what is recorded.
    let key: AuditSigningKey?
    /// How old a registration is before its event is missed: longer than any node may still be busy with it.
    var grace = Duration.seconds(120)
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    let found = try await record()
                    if found > 0 {
                        logger.notice(
                            "registrations without an audit event recorded", metadata: ["submissions": "\(found)"])
                    }
                } catch _ where Task.isCancelled {
                    return
                } catch {
                    logger.warning(
                        "registrations could not be compared with the audit trail", metadata: ["cause": "\(error)"])
                }
                do { try await Task.sleep(for: Self.interval) } catch { return }
            }
        }
    }

    /// Records what is missing; gives how many.
    func record() async throws -> Int {
        let (source, key) = (source, key)
        let age = Double(grace.components.seconds)
        return try await client.withTransaction { transaction in
            let results = try await transaction.execute([
                "select pg_advisory_xact_lock(\(Self.lockKey))",
                """
                select s.unique_id, p.patient_id, s.submitted_by, s.registered_at, e.of_repository, e.updates, e.on_demand
                from (
                    select * from submission_set
                    where registered_at
                        >= (select reached from audit_position where reader = 'submissions') - interval '10 minutes'
                    and registered_at < now() - make_interval(secs => \(age))
                    and not exists (
                        select from audit_event a where a.submission_set = unique_id and a.outcome < 8)
                    order by registered_at limit 1000) s
                join patient p using (patient_key)
                cross join lateral (
                    select bool_or(d.unique_id is not null) as of_repository, bool_or(e.version > 1) as updates,
                        bool_or(e.object_type = 'OnDemand') as on_demand
                    from document_entry e left join stored_document d
                        on d.repository_unique_id = e.repository_unique_id and d.unique_id = e.unique_id
                    where e.patient_key = s.patient_key and (e.latest or not e.latest)
                        and e.submission_set = s.entry_uuid) e
                order by s.registered_at
                """,
            ])
            let events = try results[1].map { try Self.event($0) }
            try await AuditJournal.append(events, from: source, signedWith: key, in: transaction)
            if events.count < 1_000 {
                _ = try await transaction.query(
                    """
                    update audit_position set reached = greatest(reached, now() - make_interval(secs => \(age)))
                    where reader = 'submissions'
                    """)
            }
            return events.count
        }
    }

    private static func event(_ row: PostgresRow) throws -> AuditEvent {
        let (kind, words) = try kind(row)
        var event = AuditEvent(kind, at: try row.decode(Date.self, column: 3), outcome: .minorFailure)
        event.submissionSet = try row.decode(String.self, column: 0)
        event.patient = try row.decode(String.self, column: 1)
        event.organisation = try row.decode(String?.self, column: 2)
        event.outcomeDescription =
            "registered, but never confirmed to the sender; recorded afterwards from the registry; \(words)"
        return event
    }

    /// By which transaction it came, as far as its DocumentEntries tell, and what they tell.
    private static func kind(_ row: PostgresRow) throws -> (AuditEventKind, String) {
        func isTrue(_ column: Int) throws -> Bool? { try row.decode(Bool?.self, column: column) }
        if try isTrue(5) == true {
            return (.updateDocumentSet, "an update: it may have come by ITI-92 instead of ITI-57")
        }
        if try isTrue(6) == true { return (.registerOnDemandDocumentEntry, "its documents are on-demand") }
        switch try isTrue(4) {
        case true?: return (.provideAndRegisterDocumentSet, "its documents are in this repository")
        case false?: return (.registerDocumentSet, "its documents are not in this repository")
        case nil:
            return (
                .registerDocumentSet, "it has no DocumentEntry, so whether it came by ITI-41, 42 or 57 is not known"
            )
        }
    }
}
