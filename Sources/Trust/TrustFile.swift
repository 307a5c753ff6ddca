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

    /// What a path means.
    struct Selection {
        /// To be read: the path itself, or what lies in the folder it is, in order of name.
        var files: [String] = []
        /// Files in the folder whose names say that they are no lists. Hidden files are left out without a word.
        var skipped: [String] = []
    }

    /// The ends of names of files that are read in a folder, whatever their case.
    private static let suffixes = [".crl", ".pem", ".der"]

    /// The files meant by a path.
    static func files(at path: String) throws(TrustError) -> Selection {
        var isFolder = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw TrustError(.unreadable, "cannot be read: there is no such file or folder", file: path)
        }
        guard isFolder else { return Selection(files: [path]) }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path).filter { !$0.hasPrefix(".") }.sorted()
        } catch {
            throw TrustError(.unreadable, "the folder cannot be read", file: path)
        }
        var selection = Selection()
        for name in names {
            let isList = suffixes.contains { name.lowercased().hasSuffix($0) }
            if isList { selection.files.append("\(path)/\(name)") } else { selection.skipped.append("\(path)/\(name)") }
        }
        return selection
    }

    private static func unreadable(_ path: String) -> TrustError {
        TrustError(.unreadable, "cannot be read: \(String(cString: strerror(errno)))", file: path)
    }
}
