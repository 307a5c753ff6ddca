import Foundation

/// Names, sizes and times of change of the files of a front door; differs when one of them changed.
///
/// A symbolic link counts as what it leads to, over as many links as there are: secrets are put in place by turning a link that
/// all files go through.
struct TLSFileState: Equatable {
    private let lines: [String]

    /// Looks at the files. Blocks: never on an event loop.
    init(of files: TLSMaterialFiles) {
        let paths =
            [files.certificate, files.key, files.trustAnchors]
            + [files.revocationLists, files.fetchedLists].compactMap { $0 }
        lines = paths.flatMap(Self.lines(of:))
    }

    private static func lines(of path: String) -> [String] {
        // What is no folder, or cannot be read, has nothing inside; loading it then tells what is wrong.
        let inside = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return ([path] + inside.sorted().map { path + "/" + $0 }).map(line(of:))
    }

    private static func line(of file: String) -> String {
        var status = stat()
        // A file that is missing at this moment differs from one that is there.
        guard stat(file, &status) == 0 else { return "\(file) -" }
        let changed = status.st_mtim
        return "\(file) \(status.st_dev) \(status.st_ino) \(status.st_size) \(changed.tv_sec).\(changed.tv_nsec)"
    }
}
