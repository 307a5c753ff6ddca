public import FoundationEssentials
import PostgresKit

/// The head of the chain at a moment, signed by a node.
public struct AuditCheckpoint: Sendable, Hashable {
    /// The head that is signed.
    public let head: ChainHead
    /// Number of the checkpoint before, 0 for none: a checkpoint that is missing shows.
    public let previous: Int64
    /// When it was signed, to the microsecond.
    public let signedAt: Date
    /// Fingerprint of the key.
    public let key: String
    /// ECDSA signature, DER.
    public let signature: [UInt8]
    /// When the events up to it were removed.
    public let prunedAt: Date?

    /// Signs a head.
    init(signing head: ChainHead, after previous: Int64, at time: Date, with key: AuditSigningKey) throws {
        self.head = head
        self.previous = previous
        signedAt = AuditTime.storable(time)
        self.key = key.publicKey.fingerprint
        signature = try key.signature(Self.message(head, previous: previous, signedAt: signedAt))
        prunedAt = nil
    }

    /// Reads a row of ``select``.
    init(_ row: PostgresRow) throws {
        head = ChainHead(
            sequence: try row.decode(Int64.self, column: 0), hash: try row.decode([UInt8].self, column: 1))
        previous = try row.decode(Int64.self, column: 2)
        signedAt = try row.decode(Date.self, column: 3)
        key = try row.decode(String.self, column: 4)
        signature = try row.decode([UInt8].self, column: 5)
        prunedAt = try row.decode(Date?.self, column: 6)
    }

    /// All checkpoints in their order.
    static let select: PostgresQuery =
        "select sequence, hash, previous, signed_at, key, signature, pruned_at from audit_checkpoint order by sequence"

    /// Whether the signature is that of this key over these values.
    func isSigned(by key: AuditPublicKey) -> Bool {
        key.isValid(signature, for: Self.message(head, previous: previous, signedAt: signedAt))
    }

    /// What is signed: a purpose, so that the signature fits nothing else, then the values.
    private static func message(_ head: ChainHead, previous: Int64, signedAt: Date) -> [UInt8] {
        var message = Array("ZorgNetOost audit checkpoint 1\n".utf8)
        for number in [head.sequence, previous, AuditTime.microseconds(signedAt)] {
            withUnsafeBytes(of: number.bigEndian) { message.append(contentsOf: $0) }
        }
        return message + head.hash
    }
}
