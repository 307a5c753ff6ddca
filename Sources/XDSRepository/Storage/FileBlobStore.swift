import Glibc
public import Logging
public import NIOCore
public import NIOPosix
import SOAPKit
import Synchronization

/// Documents as files named by their SHA-256 under `objects/ab/cd/`, after a stay in `staging/`.
///
/// Durability: a staged file is fsynced when its last byte is in; placing it is a hard link into its directory, which
/// is fsynced too, so that a name in `objects/` always has all its bytes. The temporary name goes away afterwards.
/// Each process stages in a folder of its own and holds a file lock there; a folder whose lock is free belongs to a
/// process that died, and is swept. A folder and its lock come into being under the lock of `staging/` itself, which a
/// sweep holds while it tries a folder's lock. All system calls run on the thread pool, those of the start excepted.
public final class FileBlobStore: BlobStore {
    /// How many bytes one read or write moves, and so what one transfer holds in memory.
    static let chunkBytes = 256 * 1024

    private let objects: String
    private let stagingRoot: String
    private let staging: String
    private let lockDescriptor: Int32
    private let threadPool: NIOThreadPool
    private let maximumBytes: Int
    private let logger: Logger
    private let counter = Atomic<UInt64>(0)
    /// The folders of `objects/`, as `abcd`, whose names this process knows to be on disk: 65,536 at most.
    private let durableFolders = Mutex<Set<String>>([])

    /// Opens the store below an existing folder and makes what is missing in it.
    /// - Parameter maximumBytes: the largest document that is accepted.
    /// - Throws: ``BlobStoreError`` when the folder cannot be used.
    public init(folder: String, maximumBytes: Int, threadPool: NIOThreadPool, logger: Logger) throws {
        objects = folder + "/objects"
        stagingRoot = folder + "/staging"
        let unique = UInt64.random(in: .min ... .max)
        staging = stagingRoot + "/\(getpid())-" + String(unique, radix: 16)
        self.threadPool = threadPool
        self.maximumBytes = maximumBytes
        self.logger = logger
        try POSIXFile.makeDirectory(objects, in: folder)
        try POSIXFile.makeDirectory(stagingRoot, in: folder)
        let (root, own) = (stagingRoot, staging)
        lockDescriptor = try POSIXFile.withLock(root + "/.lock") {
            try POSIXFile.makeDirectory(own, in: root)
            let descriptor = try POSIXFile.open(own + "/.lock", O_RDWR | O_CREAT)
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                let errorNumber = errno
                close(descriptor)
                throw BlobStoreError(operation: "flock", errorNumber: errorNumber)
            }
            return descriptor
        }
    }

    deinit {
        // Unlocked first: a child process on its way to its program still has a copy of the descriptor.
        flock(lockDescriptor, LOCK_UN)
        close(lockDescriptor)
    }

    // MARK: Staging

    /// Opens a temporary file for the bytes of one document.
    public func receive(mediaType: String?) async throws -> StagedBlobReceiver {
        let number = counter.add(1, ordering: .relaxed).newValue
        let path = staging + "/\(number)"
        let file = try await onPool {
            StagingFile(path: path, descriptor: try POSIXFile.open(path, O_WRONLY | O_CREAT | O_EXCL))
        }
        return StagedBlobReceiver(
            file: file, mediaType: mediaType, maximumBytes: maximumBytes, threadPool: threadPool)
    }

    /// Removes temporary names; bytes that were placed stay.
    public func discard(_ attachments: [StagedBlob]) async {
        guard !attachments.isEmpty else { return }
        do {
            try await onPool {
                for blob in attachments { try POSIXFile.remove(blob.path) }
            }
        } catch {
            // Not lost: the sweep removes it when this process has ended.
            logger.warning("a staged document could not be removed", metadata: ["cause": "\(error)"])
        }
    }

    /// Removes the staging folders of processes that have ended: their file lock is free.
    public func sweepStaging() async throws -> Int {
        try await onPool {
            var removed = 0
            for name in try POSIXFile.names(in: self.stagingRoot)
            where !self.staging.hasSuffix("/" + name) && POSIXFile.isDirectory(self.stagingRoot + "/" + name) {
                removed += try self.sweepAbandoned(self.stagingRoot + "/" + name)
            }
            return removed
        }
    }

    /// Empties the staging folder of another process if that process has ended.
    ///
    /// A folder without its lock file belongs to nobody either: its owner or its sweeper died half way.
    private func sweepAbandoned(_ folder: String) throws -> Int {
        guard let lock = try lockOfAbandoned(folder) else { return 0 }
        defer { close(lock) }
        var removed = 0
        for name in try POSIXFile.names(in: folder) where name != ".lock" {
            try POSIXFile.remove(folder + "/" + name)
            removed += 1
        }
        try POSIXFile.withLock(stagingRoot + "/.lock") {
            try POSIXFile.remove(folder + "/.lock")
            guard rmdir(folder) == 0 || errno == ENOENT else {
                throw BlobStoreError(operation: "rmdir", errorNumber: errno)
            }
        }
        return removed
    }

    /// Takes the lock of a staging folder; `nil` if its owner lives, or another sweep has it or has removed it.
    private func lockOfAbandoned(_ folder: String) throws -> Int32? {
        try POSIXFile.withLock(stagingRoot + "/.lock") {
            guard POSIXFile.isDirectory(folder) else { return nil }
            let lock = try POSIXFile.open(folder + "/.lock", O_RDWR | O_CREAT)
            guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
                close(lock)
                return nil
            }
            return lock
        }
    }

    // MARK: Placed bytes

    /// Links staged bytes to the name of their content and makes that name durable.
    public func place(_ blob: StagedBlob) async throws {
        try await onPool {
            let folder = try self.makeFolder(of: blob.address)
            let path = self.path(of: blob.address)
            if link(blob.path, path) != 0 {
                guard errno == EEXIST else { throw BlobStoreError(operation: "link", errorNumber: errno) }
                // Equal bytes are there: mark the new use, so that the sweep leaves them alone meanwhile.
                guard utimensat(AT_FDCWD, path, nil, 0) == 0 || errno == ENOENT else {
                    throw BlobStoreError(operation: "utimensat", errorNumber: errno)
                }
            }
            try POSIXFile.synchroniseDirectory(folder)
        }
    }

    /// Makes the folder of an address. One that is there may have been made by somebody else a moment ago and not be on
    /// disk yet, so its name is synchronised when this process meets it first. Blocking: on the pool only.
    private func makeFolder(of address: ContentAddress) throws -> String {
        let hex = address.hex
        let outer = objects + "/" + hex.prefix(2)
        let inner = outer + "/" + hex.dropFirst(2).prefix(2)
        try POSIXFile.makeDirectory(outer, in: objects)
        try POSIXFile.makeDirectory(inner, in: outer)
        let name = String(hex.prefix(4))
        if !durableFolders.withLock({ $0.contains(name) }) {
            try POSIXFile.synchroniseDirectory(objects)
            try POSIXFile.synchroniseDirectory(outer)
            _ = durableFolders.withLock { $0.insert(name) }
        }
        return inner
    }

    /// Whether the bytes are in their place.
    public func contains(_ address: ContentAddress) async throws -> Bool {
        try await onPool { try POSIXFile.status(self.path(of: address)) != nil }
    }

    /// Reads in chunks of 256 KiB; the file is closed whatever happens.
    public func read(
        _ address: ContentAddress, size: Int, _ consume: (ByteBuffer) async throws -> Void
    ) async throws {
        let path = path(of: address)
        let descriptor = try await onPool {
            do {
                return try POSIXFile.open(path, O_RDONLY)
            } catch let error as BlobStoreError where error.errorNumber == ENOENT {
                throw BlobStoreError(.missingBytes, operation: error.operation, errorNumber: error.errorNumber)
            }
        }
        do {
            var offset = 0
            while offset < size {
                let count = min(Self.chunkBytes, size - offset)
                let position = offset
                let chunk = try await onPool { try POSIXFile.read(descriptor, at: position, count: count) }
                guard chunk.readableBytes == count else { throw BlobStoreError(.missingBytes, operation: "read") }
                offset += count
                try await consume(chunk)
            }
        } catch {
            await closeOnPool(descriptor)
            throw error
        }
        await closeOnPool(descriptor)
    }

    /// Walks the folders; each batch is what one of them holds.
    public func forEachPlaced(
        olderThan age: Duration, _ body: ([ContentAddress]) async throws -> Void
    ) async throws {
        let limit = time(nil) - Int(age.components.seconds)
        for outer in try await names(in: objects) {
            try Task.checkCancellation()
            for inner in try await names(in: objects + "/" + outer) {
                let folder = objects + "/" + outer + "/" + inner
                let batch = try await onPool {
                    try POSIXFile.names(in: folder).compactMap { name -> ContentAddress? in
                        guard let address = ContentAddress(hex: name[...]),
                            let status = try POSIXFile.status(folder + "/" + name), status.modified <= limit
                        else { return nil }
                        return address
                    }
                }
                if !batch.isEmpty { try await body(batch) }
            }
        }
    }

    /// Removes a file that no document needs.
    public func remove(_ address: ContentAddress) async throws {
        try await onPool { try POSIXFile.remove(self.path(of: address)) }
    }

    /// Writes, synchronises and removes a small file.
    public func probe() async throws {
        let number = counter.add(1, ordering: .relaxed).newValue
        let path = staging + "/probe-\(number)"
        try await onPool {
            try POSIXFile.withDescriptor(path, O_WRONLY | O_CREAT | O_EXCL) { descriptor in
                try POSIXFile.writeAll(ByteBuffer(string: "probe"), to: descriptor)
                try POSIXFile.synchronise(descriptor)
            }
            try POSIXFile.remove(path)
        }
    }

    /// Bytes that the file system still has for us.
    public var freeBytes: Int {
        var information = statvfs()
        guard statvfs(objects, &information) == 0 else { return 0 }
        return Int(information.f_bavail) * Int(information.f_frsize)
    }

    // MARK: Helpers

    private func path(of address: ContentAddress) -> String {
        let hex = address.hex
        return objects + "/" + hex.prefix(2) + "/" + hex.dropFirst(2).prefix(2) + "/" + hex
    }

    private func names(in folder: String) async throws -> [String] {
        try await onPool { try POSIXFile.names(in: folder) }
    }

    private func closeOnPool(_ descriptor: Int32) async {
        do {
            try await onPool { _ = close(descriptor) }
        } catch {
            // The pool has stopped, so this thread closes it; closing a file that was only read does not wait.
            close(descriptor)
        }
    }

    private func onPool<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
        try await threadPool.perform(body)
    }
}
