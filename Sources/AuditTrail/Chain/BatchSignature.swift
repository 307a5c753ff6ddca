import PostgresKit

/// A group of events that were written together, signed by the node that wrote them. A row that somebody put into the table
/// belongs to none, also where its hash is right.
struct BatchSignature {
    /// Number of the first event.
    let first: Int64
    /// Number of the last event.
    let last: Int64
    /// Number from which on all events are signed, as far as the writer knew. It is in each batch, so that who removes the first
    /// batches has to remove all.
    let since: Int64
    /// Hash of the last event, and with it of all before.
    let hash: [UInt8]
    /// Fingerprint of the key.
    let key: String
    /// ECDSA signature, DER.
    let signature: [UInt8]

    /// Signs the events from `first` to `head`.
    /// - Throws: what keeps the key from signing.
    init(signing head: ChainHead, first: Int64, by signer: BatchSigner) throws {
        self.first = first
        last = head.sequence
        since = signer.since
        hash = head.hash
        key = signer.fingerprint
        signature = try signer.key.signature(Self.message(first: first, last: last, since: since, hash: hash))
    }

    /// Reads a row of ``select(after:to:)``.
    init(_ row: PostgresRow) throws {
        first = try row.decode(Int64.self, column: 0)
        last = try row.decode(Int64.self, column: 1)
        since = try row.decode(Int64.self, column: 2)
        hash = try row.decode([UInt8].self, column: 3)
        key = try row.decode(String.self, column: 4)
        signature = try row.decode([UInt8].self, column: 5)
    }

    /// The batches that end behind event `after` and not behind event `last`, in their order.
    static func select(after: Int64, to last: Int64) -> PostgresQuery {
        """
        select first, last, since, hash, key, signature from audit_batch
        where last > \(after) and last <= \(last) order by last, first
        """
    }

    /// The batches that end behind the head of the chain, in their order; a hundred at most.
    static let behindHead: PostgresQuery = """
        select first, last, since, hash, key, signature from audit_batch
        where last > (select max(sequence) from audit_head) order by last, first limit 100
        """

    /// Whether the signature is that of this key over these values.
    func isSigned(by key: AuditPublicKey) -> Bool {
        key.isValid(signature, for: Self.message(first: first, last: last, since: since, hash: hash))
    }

    /// What is signed: a purpose, so that the signature fits nothing else, then the values.
    private static func message(first: Int64, last: Int64, since: Int64, hash: [UInt8]) -> [UInt8] {
        var message = Array("ZorgNetOost audit batch 1\n".utf8)
        for number in [first, last, since] {
            withUnsafeBytes(of: number.bigEndian) { message.append(contentsOf: $0) }
        }
        return message + hash
    }
}

/// What a batch is signed with.
struct BatchSigner {
    /// The key of the node.
    let key: AuditSigningKey
    /// Its fingerprint.
    let fingerprint: String
    /// Number from which on all events are signed.
    let since: Int64
}
