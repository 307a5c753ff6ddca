public import NIOCore
public import SOAPKit

/// Where the bytes of documents live. Bytes come in through staging (see `AttachmentStore`), get their place by
/// content, and stay until no document needs them.
public protocol BlobStore: AttachmentStore where Attachment == StagedBlob {
    /// Gives staged bytes their durable place; done when file and directory are on disk. Placing bytes that are there
    /// already is not an error and counts as a new use of them.
    func place(_ blob: StagedBlob) async throws

    /// Whether the bytes are in their place.
    func contains(_ address: ContentAddress) async throws -> Bool

    /// Reads placed bytes in chunks of bounded size, giving each to `consume` before the next is read.
    /// - Throws: ``BlobStoreError`` with code `missingBytes` if they are not there or fewer than `size`.
    func read(_ address: ContentAddress, size: Int, _ consume: (ByteBuffer) async throws -> Void) async throws

    /// Stages bytes that are already in memory (a document that came as base64 inside the envelope).
    func stage(_ bytes: ByteBuffer, mediaType: String?) async throws -> StagedBlob

    /// Placed bytes whose last use is older than `age`, in batches.
    func forEachPlaced(olderThan age: Duration, _ body: ([ContentAddress]) async throws -> Void) async throws

    /// Removes placed bytes. The caller holds the lock of their address.
    func remove(_ address: ContentAddress) async throws

    /// Removes what processes that no longer live have left in staging; says how many files.
    func sweepStaging() async throws -> Int

    /// Writes, synchronises and removes a small file: whether the store would accept a document now.
    func probe() async throws
}

extension BlobStore {
    /// Stages bytes by the same way a part of a message takes.
    public func stage(_ bytes: ByteBuffer, mediaType: String?) async throws -> StagedBlob {
        var receiver = try await receive(mediaType: mediaType)
        do {
            try await receiver.receive(bytes)
            return try await receiver.finish()
        } catch {
            await receiver.abandon()
            throw error
        }
    }
}
