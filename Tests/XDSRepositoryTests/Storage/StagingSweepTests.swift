import Foundation
import Glibc
import NIOCore
import Testing

@testable import XDSRepository

@Suite("Staging folders of processes that died")
struct StagingSweepTests {
    /// What a process left: a staging folder with a lock file and some documents.
    private static func leftover(_ files: TemporaryStore, _ name: String, documents: Int) throws -> String {
        let folder = "\(files.folder)/staging/\(name)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        for file in [".lock"] + (0..<documents).map({ "\($0)" }) {
            try Data("half a document".utf8).write(to: URL(fileURLWithPath: "\(folder)/\(file)"))
        }
        return folder
    }

    private static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    @Test("a folder whose lock is free is emptied and removed; the files are counted")
    func removesOfDead() async throws {
        try await TemporaryStore.with { files async throws in
            let folder = try Self.leftover(files, "4711-abc", documents: 3)
            #expect(try await files.store.sweepStaging() == 3)
            #expect(!Self.exists(folder))
            #expect(try await files.store.sweepStaging() == 0)
        }
    }

    @Test("a folder whose lock is held is left alone, until the lock is free")
    func leavesOfLiving() async throws {
        try await TemporaryStore.with { files async throws in
            let folder = try Self.leftover(files, "4712-abc", documents: 2)
            let descriptor = try POSIXFile.open(folder + "/.lock", O_RDWR)
            #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
            #expect(try await files.store.sweepStaging() == 0)
            #expect(Self.exists(folder + "/1"))
            close(descriptor)
            #expect(try await files.store.sweepStaging() == 2)
            #expect(!Self.exists(folder))
        }
    }

    @Test("a store that is open keeps its own and the other's staging; one that was closed is swept")
    func leavesOpenStores() async throws {
        try await TemporaryStore.with { files async throws in
            let mine = try await files.store.stage(ByteBuffer(string: "mijn"), mediaType: nil)
            var other: FileBlobStore? = try TemporaryStore.open(files.folder)
            let theirs = try #require(try await other?.stage(ByteBuffer(string: "hun"), mediaType: nil))
            #expect(try await files.store.sweepStaging() == 0)
            #expect(try await other?.sweepStaging() == 0)
            #expect(Self.exists(mine.path))
            #expect(Self.exists(theirs.path))
            try await TemporaryStore.close(&other)
            #expect(try await files.store.sweepStaging() == 1)
            #expect(!Self.exists(theirs.path))
            #expect(Self.exists(mine.path))
            try await files.store.place(mine)
        }
    }

    @Test("a folder without a lock file is swept: who made it or swept it died half way")
    func removesWithoutLockFile() async throws {
        try await TemporaryStore.with { files async throws in
            let folder = try Self.leftover(files, "4713-abc", documents: 1)
            try FileManager.default.removeItem(atPath: folder + "/.lock")
            #expect(try await files.store.sweepStaging() == 1)
            #expect(!Self.exists(folder))
        }
    }

    @Test("stores that open while others sweep keep their folders")
    func opensDuringSweeps() async throws {
        try await TemporaryStore.with { files async throws in
            try await withThrowingTaskGroup { group in
                for _ in 0..<4 {
                    group.addTask { for _ in 0..<50 { _ = try await files.store.sweepStaging() } }
                    group.addTask {
                        for _ in 0..<50 {
                            let store = try TemporaryStore.open(files.folder)
                            let blob = try await store.stage(ByteBuffer(string: "vers"), mediaType: nil)
                            withExtendedLifetime(store) { #expect(Self.exists(blob.path)) }
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("something in staging that is no folder of ours does not stop the sweep")
    func passesOverStrangers() async throws {
        try await TemporaryStore.with { files async throws in
            let stray = "\(files.folder)/staging/aantekening.txt"
            try Data("x".utf8).write(to: URL(fileURLWithPath: stray))
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -120)], ofItemAtPath: stray)
            let folder = try Self.leftover(files, "9999-abc", documents: 1)
            #expect(try await files.store.sweepStaging() == 1)
            #expect(!Self.exists(folder))
            #expect(Self.exists(stray))
        }
    }
}
