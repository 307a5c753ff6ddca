import Synchronization

/// Holds the material in force. New connections take what is current; connections that are open keep theirs.
final class TLSMaterialHolder: Sendable {
    /// Where the material is read from.
    let files: TLSMaterialFiles
    /// The files as they were before they were first read.
    let initialState: TLSFileState
    private let material: Mutex<TLSMaterial>

    /// Reads the files. Blocks.
    /// - Throws: ``TLSMaterialError``.
    init(_ files: TLSMaterialFiles) throws(TLSMaterialError) {
        self.files = files
        initialState = TLSFileState(of: files)
        material = Mutex(try TLSMaterial.load(files))
    }

    /// The material new connections get.
    var current: TLSMaterial { material.withLock { $0 } }

    /// Reads the files again and swaps the material in. Blocks. On an error the old material stays in force.
    /// - Throws: ``TLSMaterialError``.
    func reload() throws(TLSMaterialError) {
        let fresh = try TLSMaterial.load(files, after: current)
        replace(with: fresh)
    }

    /// Puts other material in force.
    func replace(with fresh: TLSMaterial) {
        material.withLock { $0 = fresh }
    }
}
