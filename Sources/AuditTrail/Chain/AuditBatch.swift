import PostgresKit
import XDSMetadata

/// Events linked to the end of the chain, to be written together or not at all.
struct AuditBatch {
    /// The head they follow.
    let previous: ChainHead
    /// The rows in order; at least one.
    let rows: [AuditRow]
    /// Says by whom they were written; `nil` where nobody signs.
    let signature: BatchSignature?
    /// What the answers that the events tell of rest on.
    let premises: [EventPremise]

    /// Links events behind `previous` and signs them.
    /// - Parameters:
    ///   - premises: nothing is written unless all of them are true.
    ///   - signer: `nil` where nobody signs.
    init(
        _ events: [EncodedEvent], while premises: [EventPremise] = [], after previous: ChainHead, signer: BatchSigner?
    ) throws {
        self.previous = previous
        self.premises = premises
        var head = previous
        var rows: [AuditRow] = []
        rows.reserveCapacity(events.count)
        for event in events {
            let row = AuditRow(event, after: head)
            head = ChainHead(sequence: row.sequence, hash: row.hash)
            rows.append(row)
        }
        self.rows = rows
        signature = try signer.map { try BatchSignature(signing: head, first: previous.sequence + 1, by: $0) }
    }

    /// The head once they are written.
    var head: ChainHead {
        rows.last.map { ChainHead(sequence: $0.sequence, hash: $0.hash) } ?? previous
    }
}
