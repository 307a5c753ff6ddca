import Foundation
import Logging
import NIOCore
import NIOPosix

@testable import XDSRepository

/// A document store in a folder of its own.
struct TemporaryStore: Sendable {
    /// The folder; `objects/` and `staging/` are in it.
    let folder: String
    /// The store.
    let store: FileBlobStore

    /// Says nothing.
    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Runs a body with a store; the folder is gone afterwards.
    static func with<R: Sendable>(
        maximumBytes: Int = 64 << 20, _ body: (TemporaryStore) async throws -> R
    ) async throws -> R {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("xds-store-\(UUID().uuidString)")
            .path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try await body(TemporaryStore(folder: folder, store: try open(folder, maximumBytes: maximumBytes)))
    }

    /// Opens a store in a folder, as another process would.
    static func open(_ folder: String, maximumBytes: Int = 64 << 20) throws -> FileBlobStore {
        try FileBlobStore(folder: folder, maximumBytes: maximumBytes, threadPool: .singleton, logger: logger)
    }

    /// Closes a store: waits until the last work on its threads has let go of it, and so of its lock.
    static func close(_ store: inout FileBlobStore?) async throws {
        weak let closing = store
        store = nil
        while closing != nil { try await Task.sleep(for: .milliseconds(1)) }
    }

    /// Stages bytes and places them.
    func placed(_ text: String) async throws -> StagedBlob {
        let blob = try await store.stage(ByteBuffer(string: text), mediaType: nil)
        try await store.place(blob)
        await store.discard([blob])
        return blob
    }

    /// All bytes of an address.
    func bytes(of blob: StagedBlob) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        try await store.read(blob.address, size: blob.size) { bytes += Array(buffer: $0) }
        return bytes
    }

    /// Where the bytes of an address are.
    func path(of address: ContentAddress) -> String {
        let hex = address.hex
        return "\(folder)/objects/\(hex.prefix(2))/\(hex.dropFirst(2).prefix(2))/\(hex)"
    }

    /// Makes a placed file look as if it was last used some time ago.
    func age(_ address: ContentAddress, by seconds: TimeInterval) throws {
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -seconds)], ofItemAtPath: path(of: address))
    }

    /// Files below a folder of the store, lock files left out.
    func files(in name: String) throws -> [String] {
        let paths = try FileManager.default.subpathsOfDirectory(atPath: "\(folder)/\(name)")
        return paths.filter { path in
            !POSIXFile.isDirectory("\(folder)/\(name)/\(path)") && !path.hasSuffix(".lock")
        }
    }
}
