import Foundation
public import Logging
import NIOPosix
public import PostgresKit
public import ServiceLifecycle
import Synchronization

/// Signs checkpoints while events come in, and notes the head of the chain in a file each second.
///
/// The file is this node's own memory: what is cut off the end of the chain behind the last checkpoint is missed by it.
/// Stops after the writer, so that the last checkpoint covers the stop of the daemon.
public struct AuditSealing: Service {
    /// How long the database is asked again for the last checkpoint.
    private static let stopTime = Duration.seconds(3)
    private static let pause = Duration.milliseconds(100)

    private let client: PostgresClient
    private let journal: AuditJournal
    private let key: AuditSigningKey?
    private let node: String
    private let anchorFile: String
    private let interval: Duration
    private let logger: Logger
    /// Whether the lost head is noted in the file.
    private let isTold = SharedFlag()

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
        await cancelWhenGracefulShutdown {
            var isCompared = await compareWithAnchor()
            var noted: ChainHead?
            var sealedAt = ContinuousClock.now
            while !Task.isCancelled {
                do { try await Task.sleep(for: .seconds(1)) } catch { return }
                if !isCompared { isCompared = await compareWithAnchor() }
                guard isCompared, await isWhole() else { continue }
                if let head = journal.head, head != noted {
                    await note(head)
                    noted = head
                }
                guard sealedAt.duration(to: .now) >= interval else { continue }
                sealedAt = .now
                await seal()
            }
        }
        // A task of its own: the last checkpoint is written also when the time of a stop is used up.
        await Task { await end() }.value
    }

    /// Signs and notes the end of the trail. Nobody comes after it to ask again, so it is tried again here.
    private func end() async {
        let deadline = ContinuousClock.now.advanced(by: Self.stopTime)
        guard await compareWithAnchor(tryingUntil: deadline), await isWhole() else { return }
        await seal(tryingUntil: deadline)
        if let head = journal.head, await isWhole() { await note(head) }
    }

    /// Does something, and again while the database keeps it from being done and there is time.
    /// - Throws: why the last attempt failed.
    private func trying<R: Sendable>(
        until deadline: ContinuousClock.Instant, _ work: () async throws -> R
    ) async throws -> R {
        while true {
            do {
                return try await work()
            } catch let error as PostgresError where ContinuousClock.now.advanced(by: Self.pause) < deadline {
                logger.warning(
                    "the audit trail could not be sealed, which is tried again", metadata: ["cause": "\(error)"])
            }
            try await Task.sleep(for: Self.pause)
        }
    }

    // MARK: A trail that was replaced

    /// Whether the trail is the one this node left. If not, what this node remembers stays in the file, where `audit verify`
    /// finds it, until an administrator removes the file and so accepts the trail as it is.
    private func isWhole() async -> Bool {
        guard let lost = journal.lostHead else { return true }
        if !isTold.set(true) {
            // What was noted up to a second before may still be in the trail.
            do {
                let noted = try await readAnchor()
                if noted.map({ $0.head.sequence < lost.sequence }) ?? true { await note(lost) }
            } catch {
                reportUncompared(error)
            }
            return false
        }
        let file = anchorFile
        let isThere = try? await NIOThreadPool.singleton.runIfActive { FileManager.default.fileExists(atPath: file) }
        guard isThere == false else { return false }
        journal.acceptLoss()
        isTold.set(false)
        logger.notice("the audit trail is accepted as it is: the file with the noted head was removed")
        return true
    }

    // MARK: Checkpoints

    /// - Parameter deadline: until when it is tried again; once in any case.
    private func seal(tryingUntil deadline: ContinuousClock.Instant = .now) async {
        guard let key else { return }
        do {
            let checkpoint = try await trying(until: deadline) {
                try await Self.seal(client: client, key: key, node: node, remembering: journal.head)
            }
            guard let checkpoint else { return }
            // The log is another place an owner of the database does not own.
            logger.info("audit checkpoint", metadata: ["head": "\(checkpoint.head)", "key": "\(checkpoint.key)"])
        } catch let lost as LostHead {
            journal.lose(lost.head)
            _ = await isWhole()
        } catch {
            logger.error("no audit checkpoint could be signed", metadata: ["cause": "\(error)"])
        }
    }

    /// A head that is not in the trail any more.
    private struct LostHead: Error {
        let head: ChainHead
    }

    /// Signs the head of the chain, unless the last checkpoint did.
    /// - Parameter remembering: a head that must be in the trail: a forged one is not signed.
    @discardableResult
    public static func seal(
        client: PostgresClient, key: AuditSigningKey, node: String, remembering known: ChainHead? = nil
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
            if let known, known != head, try await !AuditJournal.has(known, in: transaction) {
                throw LostHead(head: known)
            }
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
        let text = AuditAnchor(head: head, signedSince: journal.signedSince).text
        do {
            try await NIOThreadPool.singleton.runIfActive {
                try Data(text.utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
            }
        } catch {
            logger.error(
                "the head of the audit trail could not be noted", metadata: ["file": "\(file)", "cause": "\(error)"])
        }
    }

    /// What was noted last; `nil` when there is no such file. Blocks.
    /// - Throws: when there is a file that cannot be read, or ``UnusableAnchor`` when it holds no head. Neither is the
    ///   same as no file: who replaces the trail could otherwise damage the file and be signed for.
    public static func anchor(in file: String) throws -> AuditAnchor? {
        let text: String
        do {
            text = try String(contentsOfFile: file, encoding: .utf8)
        } catch let error as CocoaError where error.code == .fileReadNoSuchFile {
            return nil
        }
        guard let anchor = AuditAnchor(text) else { throw UnusableAnchor(file: file) }
        return anchor
    }

    /// A file for the noted head that holds none.
    public struct UnusableAnchor: Error, CustomStringConvertible {
        let file: String

        /// For the log and the administrator.
        public var description: String {
            "\(file) holds no head of the audit trail; remove it to accept the trail as it is"
        }
    }

    private func readAnchor() async throws -> AuditAnchor? {
        let file = anchorFile
        return try await NIOThreadPool.singleton.runIfActive { try Self.anchor(in: file) }
    }

    private func reportUncompared(_ error: any Error) {
        logger.error("the audit trail could not be compared with the last head", metadata: ["cause": "\(error)"])
    }

    /// Looks whether the head that this node noted, in an earlier life, is still in the trail.
    /// - Parameter deadline: until when it is tried again; once in any case.
    /// - Returns: whether that could be found out.
    private func compareWithAnchor(tryingUntil deadline: ContinuousClock.Instant = .now) async -> Bool {
        do {
            guard let anchor = try await readAnchor(), anchor.head.sequence > 0 else { return true }
            if let since = anchor.signedSince { journal.remember(signedSince: since) }
            let isThere = try await trying(until: deadline) {
                try await client.withTransaction { try await AuditJournal.has(anchor.head, in: $0) }
            }
            if !isThere { journal.lose(anchor.head) }
            return true
        } catch {
            reportUncompared(error)
            return false
        }
    }
}

/// A flag that copies of a value share.
private final class SharedFlag: Sendable {
    private let value = Atomic<Bool>(false)

    /// Sets it; gives what it was.
    @discardableResult
    func set(_ new: Bool) -> Bool { value.exchange(new, ordering: .relaxed) }
}
