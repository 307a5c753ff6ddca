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

        private let waitingSince = Mutex(ContinuousClock.Instant?.none)

        /// How long the reader has been waiting for the next bytes of the peer; zero when it is not waiting.
        var timeWaiting: Duration {
            waitingSince.withLock { $0.map { $0.duration(to: .now) } ?? .zero }
        }

        fileprivate func beginWaiting() { waitingSince.withLock { $0 = .now } }
        fileprivate func endWaiting() { waitingSince.withLock { $0 = nil } }
        fileprivate func read(_ count: Int) { bytes.add(count, ordering: .relaxed) }
        fileprivate func end() { ended.store(true, ordering: .releasing) }
    }

    let progress = Progress()
    private let body: RequestBody

    init(_ body: RequestBody) {
        self.body = body
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var iterator: RequestBody.AsyncIterator
        fileprivate let progress: Progress

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
            return chunk
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(iterator: body.makeAsyncIterator(), progress: progress)
    }
}
