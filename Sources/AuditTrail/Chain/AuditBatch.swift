import PostgresKit
import XDSMetadata

/// Events linked to the end of the chain, to be written together or not at all.
struct AuditBatch {
    /// The head they follow.
    let previous: ChainHead
    /// The rows in order; at least one.
    let rows: [AuditRow]
    /// Says by whom they were written; empty where nobody signs, one otherwise.
    private let signatures: [BatchSignature]
    /// What the answers that the events tell of rest on.
    private let premises: [EventPremise]

    /// Links events behind `previous` and signs them.
    /// - Parameters:
    ///   - premises: nothing is written unless all of them are true.
    ///   - signer: `nil` where nobody signs.
    init(
        _ events: [AuditEvent], while premises: [EventPremise] = [], after previous: ChainHead, source: AuditSource,
        signer: BatchSigner?
    ) throws {
        self.previous = previous
        self.premises = premises
        var head = previous
        var bytes = CanonicalBytes()
        var rows: [AuditRow] = []
        rows.reserveCapacity(events.count)
        for event in events.lazy.flatMap(\.pieces) {
            let row = try AuditRow(event, after: head, source: source, bytes: &bytes)
            head = ChainHead(sequence: row.sequence, hash: row.hash)
            rows.append(row)
        }
        self.rows = rows
        signatures =
            try signer.map {
                [try BatchSignature(signing: head, first: previous.sequence + 1, by: $0)]
            } ?? []
    }

    /// The head once they are written.
    var head: ChainHead {
        rows.last.map { ChainHead(sequence: $0.sequence, hash: $0.hash) } ?? previous
    }

    /// Moves the head and writes the rows and their signature, if the head is still the one they follow and the premises are
    /// true; changes no row otherwise. Tells the number of rows of events.
    var statement: PostgresQuery {
        """
        with head as (
            update audit_head set sequence = \(head.sequence), hash = \(head.hash)
            where sequence = \(previous.sequence) and hash = \(previous.hash)
                and not exists (select from \(failing: premises))
            returning sequence),
        signed as (
            insert into audit_batch (first, last, since, hash, key, signature)
            select * from unnest(
                \(signatures.map(\.first)), \(signatures.map(\.last)), \(signatures.map(\.since)),
                \(signatures.map(\.hash)), \(signatures.map(\.key)), \(signatures.map(\.signature)))
            where exists (select from head))
        insert into audit_event (\(unescaped: AuditRow.columns), hash)
        select * from unnest(
            \(rows.map(\.sequence)), \(rows.map { _ in AuditRow.format }), \(rows.map(\.event.kind.rawValue)),
            \(rows.map(\.event.action.rawValue)), \(rows.map(\.event.time)), \(rows.map(\.event.outcome.rawValue)),
            \(rows.map(\.event.outcomeDescription)), \(rows.map(\.event.requestID)), \(rows.map(\.event.organisation)),
            \(rows.map(\.event.peer)), \(rows.map(\.event.address)), \(rows.map(\.event.endpoint)),
            \(rows.map(\.event.replyTo)), \(rows.map(\.event.person?.id)), \(rows.map(\.event.person?.name)),
            \(rows.map(\.event.person?.role)), \(rows.map(\.event.person?.purposeOfUse)), \(rows.map(\.event.patient)),
            \(rows.map(\.event.submissionSet)), \(rows.map(\.event.query?.id)), \(rows.map(\.event.query?.content)),
            \(rows.map(\.event.query?.results)), \(rows.map(\.event.query?.hidden)), \(rows.map(\.objects)), \(rows.map(\.event.grounds.authorisation)),
            \(rows.map(\.event.grounds.treatmentRelation)), \(rows.map(\.event.grounds.consent)),
            \(rows.map(\.event.grounds.checks)), \(rows.map(\.source.node)), \(rows.map(\.source.process)),
            \(rows.map(\.hash)))
        where exists (select from head)
        """
    }
}
