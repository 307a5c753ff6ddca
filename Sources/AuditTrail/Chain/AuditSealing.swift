import Foundation
public import Logging
import NIOPosix
public import PostgresKit
public import ServiceLifecycle

/// Signs checkpoints while events come in, and notes the head of the chain in a file each second.
///
/// The file is this node's own memory: what is cut off the end of the chain behind the last checkpoint is missed by it.
/// Stops after the writer, so that the last checkpoint covers the stop of the daemon.
public struct AuditSealing: Service {
    private let client: PostgresClient
    private let journal: AuditJournal
    private let key: AuditSigningKey?
    private let node: String
    private let anchorFile: String
    private let interval: Duration
    private let logger: Logger

    /// - Parameters:
    ///   - key: signs the checkpoints; without one there are none.
    ///   - anchorFile: where the head is noted.
    ///   - interval: time between checkpoints, when there are new events.
    public init(
        client: PostgresClient, journal: AuditJournal, key: AuditSigningKey?, node: String, anchorFile: String,
        interval: Duration, logger: Logger
    ) {
        self.client = client
        self.journal = journal
        self.key = key
        self.node = node
        self.anchorFile = anchorFile
        self.interval = interval
        self.logger = logger
    }

    /// Seals until the daemon stops.
    public func run() async throws {
        await compareWithAnchor()
        await cancelWhenGracefulShutdown {
            var noted: ChainHead?
            var sealedAt = ContinuousClock.now
            while !Task.isCancelled {
                do { try await Task.sleep(for: .seconds(1)) } catch { return }
                if let head = journal.head, head != noted {
                    await note(head)
                    noted = head
                }
                guard sealedAt.duration(to: .now) >= interval else { continue }
                sealedAt = .now
                await seal()
            }
        }
        await seal()
        if let head = journal.head { await note(head) }
    }

    // MARK: Checkpoints

    private func seal() async {
        guard let key else { return }
        do {
            guard let checkpoint = try await Self.seal(client: client, key: key, node: node) else { return }
            // The log is another place an owner of the database does not own.
            logger.info("audit checkpoint", metadata: ["head": "\(checkpoint.head)", "key": "\(checkpoint.key)"])
        } catch {
            logger.error("no audit checkpoint could be signed", metadata: ["cause": "\(error)"])
        }
    }

    /// Signs the head of the chain, unless the last checkpoint did.
    @discardableResult
    public static func seal(
        client: PostgresClient, key: AuditSigningKey, node: String
    ) async throws -> AuditCheckpoint? {
        try await client.withTransaction { transaction -> AuditCheckpoint? in
            let published = key.publicKey
            let results = try await transaction.execute([
                "select pg_advisory_xact_lock(\(lockKey))",
                """
                insert into audit_key (fingerprint, public_key, source)
                values (\(published.fingerprint), \(published.pem), \(node)) on conflict do nothing
                """,
                "select coalesce(max(sequence), 0) from audit_checkpoint",
                "select sequence, hash from audit_head",
            ])
            let previous = try results[2].decode(Int64.self, row: 0, column: 0)
            let head = ChainHead(
                sequence: try results[3].decode(Int64.self, row: 0, column: 0),
                hash: try results[3].decode([UInt8].self, row: 0, column: 1))
            guard head.sequence > previous else { return nil }
            let checkpoint = try AuditCheckpoint(signing: head, after: previous, at: Date(), with: key)
            _ = try await transaction.query(
                """
                insert into audit_checkpoint (sequence, previous, hash, signed_at, key, signature)
                values (\(head.sequence), \(previous), \(head.hash), \(checkpoint.signedAt), \(checkpoint.key),
                        \(checkpoint.signature))
                """)
            return checkpoint
        }
    }

    /// The key of the advisory lock: the ASCII codes of "xds-seal".
    private static let lockKey: Int64 = 0x7864_732d_7365_616c

    // MARK: The anchor

    private func note(_ head: ChainHead) async {
        let file = anchorFile
        do {
            try await NIOThreadPool.singleton.runIfActive {
                try Data("\(head)\n".utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
            }
        } catch {
            logger.error("the head of the audit trail could not be noted", metadata: ["file": "\(file)"])
        }
    }

    /// The head that was noted last; `nil` when there is no such file. Blocks.
    public static func anchor(in file: String) -> ChainHead? {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else { return nil }
        return ChainHead(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// Tells at the start when events are gone that this node knows of.
    private func compareWithAnchor() async {
        guard let anchor = Self.anchor(in: anchorFile), anchor.sequence > 0 else { return }
        do {
            let row = try await client.query("select hash from audit_event where sequence = \(anchor.sequence)")
            let pruned = try await client.query(
                "select coalesce(max(sequence), 0) from audit_checkpoint where pruned_at is not null")
            guard try pruned.decode(Int64.self, row: 0, column: 0) < anchor.sequence else { return }
            let found = row.rowCount == 1 ? try row.decode([UInt8].self, row: 0, column: 0) : []
            guard found != anchor.hash else { return }
            logger.critical(
                "the audit trail is not the one this node left; run \"audit verify\"", metadata: ["noted": "\(anchor)"])
        } catch {
            logger.error("the audit trail could not be compared with the last head", metadata: ["cause": "\(error)"])
        }
    }
}
