import Glibc
import NIOCore

/// The few system calls of the store, each with its failure as a ``BlobStoreError``. All of them block: they are
/// called on the store's thread pool only.
enum POSIXFile {
    /// Opens, and closes when the body is done.
    static func withDescriptor<R>(
        _ path: String, _ flags: Int32, mode: mode_t = 0o640, _ body: (Int32) throws -> R
    ) throws -> R {
        let descriptor = try open(path, flags, mode: mode)
        defer { Glibc.close(descriptor) }
        return try body(descriptor)
    }

    static func open(_ path: String, _ flags: Int32, mode: mode_t = 0o640) throws -> Int32 {
        let descriptor = Glibc.open(path, flags | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw BlobStoreError(operation: "open", errorNumber: errno) }
        return descriptor
    }

    /// Runs the body while the lock of a file is held, which is made if it is not there. Waits until the lock is free.
    static func withLock<R>(_ path: String, _ body: () throws -> R) throws -> R {
        try withDescriptor(path, O_RDWR | O_CREAT) { descriptor in
            while flock(descriptor, LOCK_EX) != 0 {
                guard errno == EINTR else { throw BlobStoreError(operation: "flock", errorNumber: errno) }
            }
            return try body()
        }
    }

    static func writeAll(_ bytes: ByteBuffer, to descriptor: Int32) throws {
        try bytes.withUnsafeReadableBytes { pointer in
            var rest = pointer[...]
            while !rest.isEmpty {
                let written = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if written < 0 {
                    guard errno == EINTR else { throw BlobStoreError(operation: "write", errorNumber: errno) }
                    continue
                }
                rest = rest.dropFirst(written)
            }
        }
    }

    /// Reads up to `count` bytes at `offset`; fewer only at the end of the file.
    static func read(_ descriptor: Int32, at offset: Int, count: Int) throws -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: count)
        while buffer.readableBytes < count {
            let wanted = count - buffer.readableBytes
            let position = offset + buffer.readableBytes
            let got = try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: wanted) { pointer in
                let got = pread(descriptor, pointer.baseAddress, wanted, off_t(position))
                if got < 0, errno != EINTR { throw BlobStoreError(operation: "read", errorNumber: errno) }
                return max(got, 0)
            }
            if got == 0 { break }
        }
        return buffer
    }

    static func synchronise(_ descriptor: Int32) throws {
        guard fsync(descriptor) == 0 else { throw BlobStoreError(operation: "fsync", errorNumber: errno) }
    }

    /// Makes the names in a directory durable.
    static func synchroniseDirectory(_ path: String) throws {
        try withDescriptor(path, O_RDONLY | O_DIRECTORY, synchronise)
    }

    /// Makes a directory below one that exists, durably; not an error if it is there already.
    static func makeDirectory(_ path: String, in parent: String) throws {
        if mkdir(path, 0o750) == 0 {
            try synchroniseDirectory(parent)
        } else if errno != EEXIST {
            throw BlobStoreError(operation: "mkdir", errorNumber: errno)
        }
    }

    /// Removes a file; not an error if it is gone already.
    static func remove(_ path: String) throws {
        guard unlink(path) == 0 || errno == ENOENT else {
            throw BlobStoreError(operation: "unlink", errorNumber: errno)
        }
    }

    /// Size in bytes and age of the last change, `nil` if there is no such file.
    static func status(_ path: String) throws -> (size: Int, modified: Int)? {
        var information = stat()
        guard stat(path, &information) == 0 else {
            if errno == ENOENT { return nil }
            throw BlobStoreError(operation: "stat", errorNumber: errno)
        }
        return (Int(information.st_size), Int(information.st_mtim.tv_sec))
    }

    /// Whether there is a directory of this name.
    static func isDirectory(_ path: String) -> Bool {
        var information = stat()
        return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
    }

    /// The names in a directory, without `.` and `..`.
    static func names(in directory: String) throws -> [String] {
        guard let stream = opendir(directory) else { throw BlobStoreError(operation: "opendir", errorNumber: errno) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix(while: { $0 != 0 }), as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }
}
