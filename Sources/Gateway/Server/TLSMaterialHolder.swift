import Synchronization

/// Holds the material in force. New connections take what is current; the TLS of those that are open keeps theirs, and their peers
/// are checked again by what is current (``PeerStanding``).
final class TLSMaterialHolder: Sendable {
    /// Where the material is read from.
    let files: TLSMaterialFiles
    /// The files as they were before they were first read.
    let initialState: TLSFileState
    private let material: Mutex<TLSMaterial>
    private let replacements = Atomic(0)

    /// Reads the files. Blocks.
    /// - Throws: ``TLSMaterialError``.
    init(_ files: TLSMaterialFiles) throws(TLSMaterialError) {
        self.files = files
        initialState = TLSFileState(of: files)
        material = Mutex(try TLSMaterial.load(files))
    }

    /// The material new connections get.
    var current: TLSMaterial { material.withLock { $0 } }

    /// Another number with each change of ``current``, by which it is known that there was one. Who reads it first and the material
    /// after it has this material or a newer one.
    var generation: Int { replacements.load(ordering: .acquiring) }

    /// Reads the files again and swaps the material in. Blocks. On an error the old material stays in force.
    /// - Throws: ``TLSMaterialError``.
    func reload() throws(TLSMaterialError) {
        let fresh = try TLSMaterial.load(files, after: current)
        replace(with: fresh)
    }

    /// Puts other material in force.
    func replace(with fresh: TLSMaterial) {
        material.withLock { $0 = fresh }
        replacements.add(1, ordering: .releasing)
    }
}
