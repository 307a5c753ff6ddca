import Glibc
public import NIOCore
import NIOPosix
public import SOAPKit
import Synchronization

/// A staging file while bytes come in: written and digested on the thread pool, in pieces of bounded size.
final class StagingFile: Sendable {
    private struct State {
        var descriptor: Int32
        var digest = StreamingDigest()
    }

    let path: String
    private let state: Mutex<State>

    init(path: String, descriptor: Int32) {
        self.path = path
        state = Mutex(State(descriptor: descriptor))
    }

    deinit {
        state.withLock { state in
            if state.descriptor >= 0 { close(state.descriptor) }
        }
    }

    /// Blocking: on the pool only.
    func append(_ bytes: ByteBuffer) throws {
        try state.withLock { state in
            try POSIXFile.writeAll(bytes, to: state.descriptor)
            state.digest.update(bytes)
        }
    }

    /// Blocking: makes the bytes durable, closes the file and tells what is in it.
    func seal(mediaType: String?) throws -> StagedBlob {
        try state.withLock { state in
            try POSIXFile.synchronise(state.descriptor)
            close(state.descriptor)
            state.descriptor = -1
            let digests = state.digest.finalize()
            return StagedBlob(
                path: path, mediaType: mediaType, address: digests.address, sha1: digests.sha1,
                size: state.digest.byteCount)
        }
    }
}

/// Receives the bytes of one part of a message into staging. Small pieces are gathered first, so that a write moves
/// a good amount; the sender is held back meanwhile, because nothing more is asked of it until the write is done.
public struct StagedBlobReceiver: AttachmentReceiver {
    private let file: StagingFile
    private let mediaType: String?
    private let maximumBytes: Int
    private let threadPool: NIOThreadPool
    private var gathered = ByteBuffer()
    private var received = 0

    init(file: StagingFile, mediaType: String?, maximumBytes: Int, threadPool: NIOThreadPool) {
        self.file = file
        self.mediaType = mediaType
        self.maximumBytes = maximumBytes
        self.threadPool = threadPool
    }

    /// Takes the next bytes.
    /// - Throws: a fault with HTTP 413 when the document is over the limit; ``BlobStoreError``.
    public mutating func receive(_ bytes: ByteBuffer) async throws {
        received += bytes.readableBytes
        guard received <= maximumBytes else { throw OversizedDocument.fault(limit: maximumBytes) }
        if gathered.readableBytes == 0 {
            gathered = bytes
        } else {
            gathered.writeImmutableBuffer(bytes)
        }
        if gathered.readableBytes >= FileBlobStore.chunkBytes { try await write() }
    }

    /// Makes the bytes durable under their temporary name.
    public mutating func finish() async throws -> StagedBlob {
        try await write()
        let file = file
        let mediaType = mediaType
        return try await threadPool.perform { try file.seal(mediaType: mediaType) }
    }

    /// Removes what has arrived.
    public mutating func abandon() async {
        let path = file.path
        // A failure here leaves a file in staging, which the sweep removes when this process has ended.
        try? await threadPool.perform { try POSIXFile.remove(path) }
    }

    private mutating func write() async throws {
        guard gathered.readableBytes > 0 else { return }
        let bytes = gathered
        gathered = ByteBuffer()
        let file = file
        try await threadPool.perform { try file.append(bytes) }
    }
}
