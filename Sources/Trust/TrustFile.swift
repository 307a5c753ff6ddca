import FoundationEssentials
import Glibc

/// Reading of small files, bounded, with the reason of the system in the error. Blocks: never on an event loop.
enum TrustFile {
    /// The bytes of a file.
    /// - Throws: ``TrustError`` `unreadable`, or `tooLarge` beyond `limit` bytes.
    static func bytes(_ path: String, limit: Int) throws(TrustError) -> [UInt8] {
        guard let file = fopen(path, "re") else { throw unreadable(path) }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        while bytes.count <= limit {
            let block = [UInt8](unsafeUninitializedCapacity: 64 * 1024) { buffer, count in
                count = fread(buffer.baseAddress, 1, buffer.count, file)
            }
            guard !block.isEmpty else {
                guard ferror(file) == 0 else { throw unreadable(path) }
                return bytes
            }
            bytes += block
        }
        throw TrustError(.tooLarge, "is larger than \(limit) bytes", file: path)
    }

    /// The files meant by a path: itself, or what lies in the folder it is, in order of name. Hidden files are left out.
    static func files(at path: String) throws(TrustError) -> [String] {
        var isFolder = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw TrustError(.unreadable, "cannot be read: there is no such file or folder", file: path)
        }
        guard isFolder else { return [path] }
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path)
                .filter { name in !name.hasPrefix(".") && [".crl", ".pem", ".der"].contains { name.hasSuffix($0) } }
                .sorted().map { "\(path)/\($0)" }
        } catch {
            throw TrustError(.unreadable, "the folder cannot be read", file: path)
        }
    }

    private static func unreadable(_ path: String) -> TrustError {
        TrustError(.unreadable, "cannot be read: \(String(cString: strerror(errno)))", file: path)
    }
}
