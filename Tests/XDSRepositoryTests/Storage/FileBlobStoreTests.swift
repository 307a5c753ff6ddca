import Crypto
import Foundation
import NIOCore
import SOAPKit
import Testing

@testable import XDSRepository

@Suite("Documents as files")
struct FileBlobStoreTests {
    /// Bytes that repeat nowhere nearby.
    private static func noise(_ count: Int, seed: UInt64 = 1) -> ByteBuffer {
        var state = seed
        var buffer = ByteBuffer()
        for _ in 0..<(count / 8) {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            buffer.writeInteger(state)
        }
        buffer.writeRepeatingByte(7, count: count % 8)
        return buffer
    }

    // MARK: In and out

    @Test(
        "bytes come back as they went in, with size, SHA-1 and SHA-256",
        arguments: [0, 1, FileBlobStore.chunkBytes - 1, FileBlobStore.chunkBytes, FileBlobStore.chunkBytes * 3 + 11])
    func keepsBytes(_ count: Int) async throws {
        try await TemporaryStore.with { files async throws in
            let bytes = Self.noise(count)
            var receiver = try await files.store.receive(mediaType: "application/pdf")
            var rest = bytes
            while let piece = rest.readSlice(length: min(10_007, rest.readableBytes)), piece.readableBytes > 0 {
                try await receiver.receive(piece)
            }
            let blob = try await receiver.finish()
            #expect(blob.size == count)
            #expect(blob.mediaType == "application/pdf")
            #expect(blob.sha1 == Array(Insecure.SHA1.hash(data: Array(buffer: bytes))))
            #expect(blob.address.sha256 == Array(SHA256.hash(data: Array(buffer: bytes))))
            #expect(try await !files.store.contains(blob.address), "staged bytes are not in the store yet")

            try await files.store.place(blob)
            await files.store.discard([blob])
            #expect(try await files.store.contains(blob.address))
            #expect(try await files.bytes(of: blob) == Array(buffer: bytes))
            #expect(try files.files(in: "staging") == [])
            #expect(try files.files(in: "objects").count == 1)
        }
    }

    @Test("a reader gets pieces of bounded size, the next one when it is done with the last")
    func readsInPieces() async throws {
        try await TemporaryStore.with { files async throws in
            let blob = try await files.store.stage(Self.noise(FileBlobStore.chunkBytes * 2 + 5), mediaType: nil)
            try await files.store.place(blob)
            var sizes: [Int] = []
            try await files.store.read(blob.address, size: blob.size) { sizes.append($0.readableBytes) }
            #expect(sizes == [FileBlobStore.chunkBytes, FileBlobStore.chunkBytes, 5])
        }
    }

    @Test("an error of the one who reads ends the reading and is passed on")
    func passesReaderError() async throws {
        try await TemporaryStore.with { files async throws in
            let blob = try await files.store.stage(Self.noise(FileBlobStore.chunkBytes * 3), mediaType: nil)
            try await files.store.place(blob)
            var pieces = 0
            await #expect(throws: CancellationError.self) {
                try await files.store.read(blob.address, size: blob.size) { _ in
                    pieces += 1
                    throw CancellationError()
                }
            }
            #expect(pieces == 1)
        }
    }

    @Test("two receivers at once do not mix")
    func receivesAtOnce() async throws {
        try await TemporaryStore.with { files async throws in
            var first = try await files.store.receive(mediaType: nil)
            var second = try await files.store.receive(mediaType: nil)
            for _ in 0..<40 {
                try await first.receive(ByteBuffer(repeating: 1, count: 20_000))
                try await second.receive(ByteBuffer(repeating: 2, count: 15_000))
            }
            let blobs = [try await first.finish(), try await second.finish()]
            for blob in blobs { try await files.store.place(blob) }
            #expect(try await files.bytes(of: blobs[0]) == Array(repeating: 1, count: 800_000))
            #expect(try await files.bytes(of: blobs[1]) == Array(repeating: 2, count: 600_000))
        }
    }

    @Test("many tasks that stage and place at once all find their bytes")
    func placesAtOnce() async throws {
        try await TemporaryStore.with { files async throws in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<32 {
                    group.addTask {
                        // Half of them the same bytes.
                        let text = "document \(number.isMultiple(of: 2) ? 0 : number)"
                        let blob = try await files.placed(text)
                        #expect(try await files.bytes(of: blob) == Array(text.utf8))
                    }
                }
                try await group.waitForAll()
            }
            #expect(try files.files(in: "objects").count == 17)
            #expect(try files.files(in: "staging") == [])
        }
    }

    @Test("equal bytes are stored once, and placing them again counts as a new use")
    func storesOnce() async throws {
        try await TemporaryStore.with { files async throws in
            let first = try await files.placed("dezelfde inhoud")
            try files.age(first.address, by: 7200)
            let again = try await files.placed("dezelfde inhoud")
            #expect(first.address == again.address)
            #expect(try files.files(in: "objects").count == 1)
            var old: [ContentAddress] = []
            try await files.store.forEachPlaced(olderThan: .seconds(3600)) { old += $0 }
            #expect(old == [])
        }
    }

    @Test("another process with the same folder sees what is placed")
    func sharesFolder() async throws {
        try await TemporaryStore.with { files async throws in
            let blob = try await files.placed("gedeeld")
            let other = TemporaryStore(folder: files.folder, store: try TemporaryStore.open(files.folder))
            #expect(try await other.bytes(of: blob) == Array("gedeeld".utf8))
            try await other.store.remove(blob.address)
            #expect(try await !files.store.contains(blob.address))
            try await files.store.remove(blob.address)
        }
    }

    // MARK: What goes wrong

    @Test("a file that is gone is missingBytes, before anything was given out")
    func readsMissing() async throws {
        try await TemporaryStore.with { files async throws in
            let blob = try await files.placed("weg")
            try FileManager.default.removeItem(atPath: files.path(of: blob.address))
            let error = await #expect(throws: BlobStoreError.self) { _ = try await files.bytes(of: blob) }
            #expect(error?.code == .missingBytes)
        }
    }

    @Test("a file shorter than its row says is missingBytes, and what is there is not padded")
    func readsTruncated() async throws {
        try await TemporaryStore.with { files async throws in
            let blob = try await files.store.stage(Self.noise(FileBlobStore.chunkBytes * 2), mediaType: nil)
            try await files.store.place(blob)
            let handle = try #require(FileHandle(forWritingAtPath: files.path(of: blob.address)))
            try handle.truncate(atOffset: UInt64(FileBlobStore.chunkBytes + 10))
            try handle.close()
            var given = 0
            let error = await #expect(throws: BlobStoreError.self) {
                try await files.store.read(blob.address, size: blob.size) { given += $0.readableBytes }
            }
            #expect(error?.code == .missingBytes)
            #expect(given == FileBlobStore.chunkBytes)
        }
    }

    @Test("a document over the limit is a fault with HTTP 413, and nothing of it stays")
    func refusesOversize() async throws {
        try await TemporaryStore.with(maximumBytes: 1000) { files in
            let kept = try await files.store.stage(ByteBuffer(repeating: 1, count: 1000), mediaType: nil)
            #expect(kept.size == 1000)
            await files.store.discard([kept])
            let fault = await #expect(throws: SOAPFault.self) {
                _ = try await files.store.stage(ByteBuffer(repeating: 1, count: 1001), mediaType: nil)
            }
            #expect(fault?.httpStatus == 413)
            #expect(fault?.code == .sender)
            var receiver = try await files.store.receive(mediaType: nil)
            try await receiver.receive(ByteBuffer(repeating: 1, count: 600))
            await #expect(throws: SOAPFault.self) { try await receiver.receive(ByteBuffer(repeating: 1, count: 401)) }
            await receiver.abandon()
            #expect(try files.files(in: "staging") == [])
            #expect(try files.files(in: "objects") == [])
        }
    }

    @Test("an abandoned receiver leaves nothing, whatever it had taken")
    func abandons() async throws {
        try await TemporaryStore.with { files async throws in
            for count in [0, 10, FileBlobStore.chunkBytes * 2] {
                var receiver = try await files.store.receive(mediaType: nil)
                try await receiver.receive(Self.noise(count))
                await receiver.abandon()
            }
            #expect(try files.files(in: "staging") == [])
        }
    }

    @Test("discarding staged bytes again does nothing; placed bytes stay")
    func discards() async throws {
        try await TemporaryStore.with { files async throws in
            let blob = try await files.placed("blijft")
            await files.store.discard([blob, blob])
            await files.store.discard([])
            #expect(try await files.bytes(of: blob) == Array("blijft".utf8))
        }
    }

    @Test("a store whose folder is gone says so: staging, placing and the probe fail")
    func failsWithoutFolder() async throws {
        try await TemporaryStore.with { files async throws in
            try await files.store.probe()
            #expect(try files.files(in: "staging") == [], "a probe leaves nothing")
            let blob = try await files.store.stage(ByteBuffer(string: "x"), mediaType: nil)
            try FileManager.default.removeItem(atPath: files.folder)
            let probe = await #expect(throws: BlobStoreError.self) { try await files.store.probe() }
            #expect(probe?.code == .inaccessible)
            let staging = await #expect(throws: BlobStoreError.self) {
                _ = try await files.store.receive(mediaType: nil)
            }
            #expect(staging?.code == .inaccessible)
            let placing = await #expect(throws: BlobStoreError.self) { try await files.store.place(blob) }
            #expect(placing?.code == .inaccessible)
        }
    }

    @Test("a folder that cannot be used is refused at the start", arguments: ["missing", "file"])
    func refusesFolder(_ kind: String) async throws {
        try await TemporaryStore.with { files async throws in
            let path = files.folder + "/" + kind
            if kind == "file" { try Data("x".utf8).write(to: URL(fileURLWithPath: path)) }
            let error = #expect(throws: BlobStoreError.self) { _ = try TemporaryStore.open(path) }
            #expect(error?.description.contains("mkdir") == true)
        }
    }

    @Test("an error tells the operation and its number, and no path")
    func describesErrors() {
        #expect(BlobStoreError(operation: "write", errorNumber: ENOSPC).code == .outOfSpace)
        #expect(BlobStoreError(operation: "write", errorNumber: EDQUOT).code == .outOfSpace)
        #expect(BlobStoreError(operation: "open", errorNumber: EACCES).code == .inaccessible)
        #expect(BlobStoreError(operation: "open", errorNumber: EROFS).code == .inaccessible)
        let error = BlobStoreError(operation: "fsync", errorNumber: EIO)
        #expect(error.code == .inputOutput)
        #expect(error.description == "document store: fsync failed (inputOutput, errno \(EIO))")
    }

    @Test("free space is told, 0 when there is no folder")
    func tellsFreeSpace() async throws {
        try await TemporaryStore.with { files async throws in
            #expect(files.store.freeBytes > 0)
            try FileManager.default.removeItem(atPath: files.folder)
            #expect(files.store.freeBytes == 0)
        }
    }
}
