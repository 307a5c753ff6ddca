import NIOCore
import Synchronization
import Testing

@testable import SOAPKit

@Suite(.serialized) struct StreamingTests {
    /// How far what went in is ahead of what came out: the bytes that are held in between.
    final class Lag: Sendable {
        private let state = Mutex((ahead: 0, largest: 0))

        var largest: Int { state.withLock { $0.largest } }

        func went(in bytes: Int) {
            state.withLock { state in
                state.ahead += bytes
                state.largest = max(state.largest, state.ahead)
            }
        }

        func came(out bytes: Int) { state.withLock { $0.ahead -= bytes } }
    }

    /// A store that keeps nothing but a count and a checksum.
    struct CountingStore: AttachmentStore {
        struct Attachment: Sendable, Equatable {
            var count = 0
            var sum: UInt64 = 0
        }

        struct Receiver: AttachmentReceiver {
            var attachment = Attachment()
            let lag: Lag

            mutating func receive(_ bytes: ByteBuffer) async throws {
                lag.came(out: bytes.readableBytes)
                attachment.count += bytes.readableBytes
                attachment.sum = bytes.withUnsafeReadableBytes { bytes in
                    // One byte in a hundred is enough to notice a piece that is lost or moved.
                    var sum = attachment.sum
                    for offset in stride(from: 0, to: bytes.count, by: 101) { sum = sum &* 31 &+ UInt64(bytes[offset]) }
                    return sum
                }
            }
            mutating func finish() async throws -> Attachment { attachment }
            mutating func abandon() async {}
        }

        let lag: Lag

        func receive(mediaType: String?) async throws -> Receiver { Receiver(lag: lag) }
        func discard(_ attachments: [Attachment]) async {}
    }

    /// A message with one attachment that is made while it is read.
    struct GeneratedBody: AsyncSequence, Sendable {
        let head: ByteBuffer
        let chunk: ByteBuffer
        let count: Int
        let tail: ByteBuffer
        let lag: Lag

        struct AsyncIterator: AsyncIteratorProtocol {
            let body: GeneratedBody
            var position = -1

            mutating func next() async throws -> ByteBuffer? {
                defer { position += 1 }
                if position == -1 { return body.head }
                if position < body.count {
                    body.lag.went(in: body.chunk.readableBytes)
                    return body.chunk
                }
                return position == body.count ? body.tail : nil
            }
        }

        func makeAsyncIterator() -> AsyncIterator { AsyncIterator(body: self) }
    }

    @Test(
        "64 MiB stream through with constant memory, whatever the bytes are",
        arguments: ["random", "line feeds", "dashes"])
    func streamsLargeAttachment(kind: String) async throws {
        var random = FixedGenerator(seed: 1)
        let chunk: ByteBuffer
        switch kind {
        case "random": chunk = ByteBuffer(bytes: (0..<65_536).map { _ in UInt8.random(in: 0...255, using: &random) })
        case "line feeds": chunk = ByteBuffer(repeating: 0x0A, count: 65_536)
        default: chunk = ByteBuffer(string: String(repeating: "\r\n--b", count: 13_107) + "x")
        }
        let head = Samples.package([
            (Samples.rootHeader, Samples.submission(including: ["cid:one"])), (["Content-ID: <one>"], ""),
        ])
        let lag = Lag()
        let body = GeneratedBody(
            head: ByteBuffer(string: String(decoding: Array(head.utf8).dropLast(10), as: UTF8.self)), chunk: chunk,
            count: 1024,
            tail: ByteBuffer(string: "\r\n--b1--\r\n"), lag: lag)
        let seen = Mutex(CountingStore.Attachment())
        let router = SOAPRouter(
            operations: [
                SOAPOperation<Int, CountingStore.Attachment>(
                    action: Samples.action, replyAction: Samples.replyAction, packaging: .mtom,
                    bodyElement: Samples.bodyElement
                ) { request, _ in
                    if let attachment = request.attachments["one"] { seen.withLock { $0 = attachment } }
                    return SOAPReply(body: [SOAPRouterTests.payload])
                }
            ], attachments: CountingStore(lag: lag))
        let response = await router.respond(contentType: Samples.packageType, body: body, context: 0)
        #expect(response.status == 200, "\(String(describing: response.fault))")
        #expect(seen.withLock { $0.count } == chunk.readableBytes * 1024)
        #expect(lag.largest <= 2 * chunk.readableBytes, "\(lag.largest) bytes were held back")
    }

    @Test("64 MiB leave with constant memory and the announced length", arguments: [SOAPPackaging.simple, .mtom])
    func writesLargeAttachment(packaging: SOAPPackaging) async throws {
        let chunk = ByteBuffer(repeating: 7, count: 65_537)
        let lag = Lag()
        let attachment = OutgoingAttachment(contentID: "a", mediaType: "x/y", byteCount: chunk.readableBytes * 1024) {
            write in
            for _ in 0..<1024 {
                lag.went(in: chunk.readableBytes)
                try await write(chunk)
            }
        }
        let reply = SOAPReply(pieces: [
            .xml(ByteBuffer(string: "<p>")), .content(attachment), .xml(ByteBuffer(string: "</p>")),
        ])
        let message = SOAPOutgoingMessage.answer(action: "urn:r", relatesTo: nil, packaging: packaging, reply: reply)
        let written = Mutex(0)
        try await message.write { bytes in
            lag.came(out: bytes.readableBytes)
            written.withLock { $0 += bytes.readableBytes }
        }
        #expect(written.withLock { $0 } == message.byteCount)
        #expect(lag.largest <= chunk.readableBytes, "\(lag.largest) bytes were held back")
    }
}
