#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension XSDSchema {
    /// Compiles schemas that are not files, such as ones embedded in the program.
    ///
    /// They are written to a directory of their own for the time of the compilation, because relative schema locations
    /// are resolved between files.
    /// - Parameters:
    ///   - files: the content of every schema, by its path relative to the others (`rim.xsd`, `ebRS/rs.xsd`).
    ///   - mains: the paths of those to compile; the others are there to be imported. `nil` means all.
    /// - Throws: ``XMLError`` with `unusableSchema`.
    public convenience init(embedded files: [String: [UInt8]], mains: [String]? = nil) throws(XMLError) {
        let directory = FileManager.default.temporaryDirectory.appending(path: "xsd-\(UUID().uuidString)")
        do {
            for (path, bytes) in files {
                let file = directory.appending(path: path)
                let folder = file.deletingLastPathComponent()
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                try Data(bytes).write(to: file)
            }
        } catch {
            throw XMLError(.unusableSchema, reason: "the embedded schemas cannot be written to a temporary directory")
        }
        defer { try? FileManager.default.removeItem(at: directory) }
        let paths = (mains ?? files.keys.sorted()).map { directory.appending(path: $0).path() }
        try self.init(paths: paths)
    }

    /// Compiles every `.xsd` file in a directory, not in its subdirectories.
    /// - Throws: ``XMLError`` with `unusableSchema`.
    public convenience init(directory: String) throws(XMLError) {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: directory) else {
            throw XMLError(.unusableSchema, reason: "the schema directory \(directory) cannot be read")
        }
        try self.init(paths: names.filter { $0.hasSuffix(".xsd") }.sorted().map { "\(directory)/\($0)" })
    }
}
