import HummingbirdCore
import NIOCore
import Synchronization

/// The body of a request, counting what was read of it and whether its end was seen.
struct TrackedBody: AsyncSequence, Sendable {
    /// What has been read so far, shared with whoever asks after the reader has stopped.
    final class Progress: Sendable {
        private let bytes = Atomic<Int>(0)
        private let ended = Atomic<Bool>(false)

        var bytesRead: Int { bytes.load(ordering: .relaxed) }
        var reachedEnd: Bool { ended.load(ordering: .acquiring) }

        private struct Waiting {
            var since: ContinuousClock.Instant?
            var before = Duration.zero
        }

        private let waiting = Mutex(Waiting())

        /// How long the reader has been waiting for the next bytes of the peer; zero when it is not waiting.
        var timeWaiting: Duration {
            waiting.withLock { $0.since.map { $0.duration(to: .now) } ?? .zero }
        }

        /// How long the reader has waited for bytes of the peer altogether.
        var totalTimeWaiting: Duration {
            waiting.withLock { $0.before + ($0.since.map { $0.duration(to: .now) } ?? .zero) }
        }

        fileprivate func beginWaiting() { waiting.withLock { $0.since = .now } }

        fileprivate func endWaiting() {
            waiting.withLock { waiting in
                if let since = waiting.since { waiting.before += since.duration(to: .now) }
                waiting.since = nil
            }
        }

        fileprivate func read(_ count: Int) { bytes.add(count, ordering: .relaxed) }
        fileprivate func end() { ended.store(true, ordering: .releasing) }
    }

    let progress: Progress
    private let body: RequestBody
    private let receive: (@Sendable (Int) throws -> Void)?

    /// - Parameter receive: told how many bytes came; what it throws ends the body. For bodies of unknown length.
    init(_ body: RequestBody, receive: (@Sendable (Int) throws -> Void)? = nil) {
        self.body = body
        self.receive = receive
        progress = Progress()
    }

    /// The same body with the same progress, of whose bytes somebody else is told, too.
    func telling(_ receive: @escaping @Sendable (Int) throws -> Void) -> TrackedBody {
        TrackedBody(self, receive: receive)
    }

    private init(_ other: TrackedBody, receive: @escaping @Sendable (Int) throws -> Void) {
        body = other.body
        progress = other.progress
        self.receive = receive
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var iterator: RequestBody.AsyncIterator
        fileprivate let progress: Progress
        fileprivate let receive: (@Sendable (Int) throws -> Void)?

        mutating func next() async throws -> ByteBuffer? {
            try await next(isolation: #isolation)
        }

        mutating func next(isolation actor: isolated (any Actor)?) async throws -> ByteBuffer? {
            progress.beginWaiting()
            defer { progress.endWaiting() }
            guard let chunk = try await iterator.next(isolation: actor) else {
                progress.end()
                return nil
            }
            progress.read(chunk.readableBytes)
            try receive?(chunk.readableBytes)
            return chunk
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(iterator: body.makeAsyncIterator(), progress: progress, receive: receive)
    }
}
