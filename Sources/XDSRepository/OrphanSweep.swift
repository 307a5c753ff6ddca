public import Logging
public import PostgresKit
public import ServiceLifecycle
import Synchronization

/// Removes bytes that no document needs: what a crash left in staging, and placed bytes whose submission never
/// committed. Runs once at the start and then at an interval.
///
/// A submission places bytes before its transaction commits. It takes the shared lock of their address in that
/// transaction and looks whether they are still there; the sweep takes the exclusive lock, asks the table once more
/// and only then removes the file. So bytes that a committed row names are never removed.
public final class OrphanSweep: Service, Sendable {
    /// What the sweeps have done since the start.
    public struct Figures: Sendable {
        /// Finished sweeps.
        public var sweeps = 0
        /// Files removed.
        public var removed = 0
    }

    /// The store that is swept.
    public let store: FileBlobStore
    private let client: PostgresClient
    private let bytes: UnneededBytes
    private let interval: Duration
    private let age: Duration
    private let logger: Logger
    private let state = Mutex(Figures())

    /// - Parameters:
    ///   - interval: time between sweeps.
    ///   - age: bytes younger than this may belong to a submission that is being committed, and are left.
    public init(store: FileBlobStore, client: PostgresClient, interval: Duration, age: Duration, logger: Logger) {
        self.store = store
        self.client = client
        bytes = UnneededBytes(client: client, store: store)
        self.interval = interval
        self.age = age
        self.logger = logger
    }

    /// What the sweeps have done.
    public var figures: Figures { state.withLock { $0 } }

    /// Sweeps until the daemon stops.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await self.sweep()
                    try await Task.sleep(for: self.interval)
                } catch _ where Task.isCancelled {
                    return
                } catch {
                    self.logger.warning("the document store could not be swept", metadata: ["cause": "\(error)"])
                    // A cancelled sleep ends the loop.
                    try? await Task.sleep(for: .seconds(min(60, self.interval.components.seconds)))
                }
            }
        }
    }

    /// One sweep of staging and of the placed bytes.
    public func sweep() async throws {
        var removed = try await store.sweepStaging()
        try await store.forEachPlaced(olderThan: age) { addresses in
            for address in try await self.unneeded(addresses) where try await self.bytes.removeUnneeded(address) {
                removed += 1
            }
        }
        let removedNow = removed
        state.withLock { figures in
            figures.sweeps += 1
            figures.removed += removedNow
        }
        if removedNow > 0 { logger.info("orphaned files removed", metadata: ["files": "\(removedNow)"]) }
    }

    private func unneeded(_ addresses: [ContentAddress]) async throws -> [ContentAddress] {
        let rows = try await client.query(
            """
            select sha256 from unnest(\(addresses.map(\.sha256))) as placed (sha256)
            where not exists (select from stored_document where stored_document.sha256 = placed.sha256)
            """)
        return try rows.map { ContentAddress(sha256: try $0.decode([UInt8].self, column: 0)) }
    }
}
