import NIOCore
import SOAPKit
import Synchronization
import Testing
import XMLKit

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Messages and helpers of the tests of this target.
enum Samples {
    static let xds = "urn:ihe:iti:xds-b:2007"
    static let action = "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b"
    static let replyAction = "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-bResponse"
    static let bodyElement = QualifiedName(xds, "ProvideAndRegisterDocumentSetRequest")
    static let document = QualifiedName(xds, "Document")
    static let soapType = "application/soap+xml; charset=UTF-8"

    /// An envelope; the header blocks and the content of the body can be replaced.
    static func envelope(
        header: String = standardHeader, body: String = "<x:ProvideAndRegisterDocumentSetRequest xmlns:x='\(xds)'/>",
        namespace: String = SOAPNamespace.soap12
    ) -> String {
        "<s:Envelope xmlns:s='\(namespace)' xmlns:a='\(SOAPNamespace.addressing)'>"
            + "<s:Header>\(header)</s:Header><s:Body>\(body)</s:Body></s:Envelope>"
    }

    static let standardHeader =
        "<a:Action s:mustUnderstand='1'>\(action)</a:Action><a:MessageID>urn:uuid:11111111-2222-4333-8444-555555555555"
        + "</a:MessageID><a:ReplyTo><a:Address>\(WSAddressing.anonymous)</a:Address></a:ReplyTo><a:To>https://x/</a:To>"

    static let messageID = "urn:uuid:11111111-2222-4333-8444-555555555555"

    /// A submission whose documents include the parts of these ids.
    static func submission(including hrefs: [String]) -> String {
        let documents = hrefs.map { href in
            "<x:Document id='d'><i:Include xmlns:i='\(SOAPNamespace.xop)' href='\(href)'/></x:Document>"
        }
        return envelope(
            body: "<x:ProvideAndRegisterDocumentSetRequest xmlns:x='\(xds)'>\(documents.joined())"
                + "</x:ProvideAndRegisterDocumentSetRequest>")
    }

    /// A MIME package from header lines and content of each part.
    static func package(boundary: String = "b1", newline: String = "\r\n", _ parts: [([String], String)]) -> String {
        parts.map { "--\(boundary)\(newline)\($0.0.map { $0 + newline }.joined())\(newline)\($0.1)\(newline)" }.joined()
            + "--\(boundary)--\(newline)"
    }

    static let rootHeader = [
        "Content-Type: application/xop+xml; charset=UTF-8; type=\"application/soap+xml\"",
        "Content-Transfer-Encoding: binary", "Content-ID: <root@x>",
    ]
    static let packageType =
        "multipart/related; type=\"application/xop+xml\"; start=\"<root@x>\"; start-info=\"application/soap+xml\"; boundary=\"b1\""

    /// The folder of recorded messages: `XDS_SAMPLES`, or found by walking up from this file; `nil` when absent.
    static let recordings: URL? = {
        if let path = ProcessInfo.processInfo.environment["XDS_SAMPLES"] { return URL(filePath: path) }
        return folder(named: "shared/samples")
    }()

    /// The folder of the official schemas, `nil` when absent.
    static let schemas: URL? = folder(named: "shared/reference/schemas")

    private static func folder(named name: String) -> URL? {
        var directory = URL(filePath: #filePath)
        for _ in 0..<8 {
            directory = directory.deletingLastPathComponent()
            let candidate = directory.appending(path: name)
            if FileManager.default.fileExists(atPath: candidate.path()) { return candidate }
        }
        return nil
    }

    static func recording(_ name: String) throws -> ByteBuffer {
        let folder = try #require(recordings)
        return ByteBuffer(bytes: try Data(contentsOf: folder.appending(path: name)))
    }
}

/// A body in chunks of a size, which may break off at its end.
struct ChunkedBody: AsyncSequence, Sendable {
    struct Broken: Error {}

    var bytes: ByteBuffer
    var size: Int
    var breaks = false

    init(_ text: String, size: Int = .max, breaks: Bool = false) {
        self.init(ByteBuffer(string: text), size: size, breaks: breaks)
    }

    init(_ bytes: ByteBuffer, size: Int = .max, breaks: Bool = false) {
        self.bytes = bytes
        self.size = size
        self.breaks = breaks
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        var rest: ByteBuffer
        let size: Int
        let breaks: Bool

        mutating func next() async throws -> ByteBuffer? {
            if rest.readableBytes == 0, breaks { throw Broken() }
            guard rest.readableBytes > 0 else { return nil }
            return rest.readSlice(length: Swift.min(size, rest.readableBytes))
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(rest: bytes, size: size, breaks: breaks) }
}

/// Keeps attachments in memory and counts what happens to them.
final class MemoryStore: AttachmentStore {
    struct Attachment: Sendable, Equatable {
        var mediaType: String?
        var bytes: ByteBuffer
    }

    struct Failure: Error {}

    struct Receiver: AttachmentReceiver {
        let store: MemoryStore
        var attachment: Attachment

        mutating func receive(_ bytes: ByteBuffer) async throws {
            if store.failsOnReceive { throw Failure() }
            attachment.bytes.writeImmutableBuffer(bytes)
        }

        mutating func finish() async throws -> Attachment {
            store.counts.withLock { $0.finished += 1 }
            return attachment
        }

        mutating func abandon() async {
            store.counts.withLock { $0.abandoned += 1 }
        }
    }

    struct Counts: Equatable {
        var begun = 0
        var finished = 0
        var abandoned = 0
        var discarded = 0
    }

    let counts = Mutex(Counts())
    let failsOnReceive: Bool

    init(failsOnReceive: Bool = false) {
        self.failsOnReceive = failsOnReceive
    }

    var seen: Counts { counts.withLock { $0 } }

    func receive(mediaType: String?) async throws -> Receiver {
        counts.withLock { $0.begun += 1 }
        return Receiver(store: self, attachment: Attachment(mediaType: mediaType, bytes: ByteBuffer()))
    }

    func discard(_ attachments: [Attachment]) async {
        counts.withLock { $0.discarded += attachments.count }
    }
}

extension SOAPResponse {
    /// The whole body, also when parts of it are streamed.
    func collected() async throws -> ByteBuffer {
        let all = Mutex(ByteBuffer())
        try await write { chunk in all.withLock { _ = $0.writeImmutableBuffer(chunk) } }
        return all.withLock { $0 }
    }
}

extension SOAPOutgoingMessage {
    func collected() async throws -> ByteBuffer {
        let all = Mutex(ByteBuffer())
        try await write { chunk in all.withLock { _ = $0.writeImmutableBuffer(chunk) } }
        return all.withLock { $0 }
    }
}

/// A generator whose numbers are the same in every run.
struct FixedGenerator: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let mixed = (state ^ state >> 31) &* 0x9E37_79B9_7F4A_7C15
        return mixed ^ mixed >> 29
    }
}
