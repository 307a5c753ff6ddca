import Testing

@testable import PostgresKit

@Suite("Prepared statements of a connection")
struct StatementCacheTests {
    private var cache = StatementCache(capacity: 2)

    @Test("A text is prepared once")
    mutating func once() {
        #expect(cache.lookup("select \(1)") == .prepare(1))
        #expect(cache.lookup("select \(2)") == .prepared(1))
        #expect(cache.lookup("select \("text")") == .prepare(2))
        #expect(cache.count == 2)
    }

    @Test("The statement used longest ago gives way and is handed out for deallocation once")
    mutating func eviction() {
        _ = cache.lookup("a")
        _ = cache.lookup("b")
        _ = cache.lookup("a")
        #expect(cache.lookup("c") == .prepare(3))
        #expect(cache.takeEvicted() == [2])
        #expect(cache.takeEvicted() == [])
        #expect(cache.lookup("a") == .prepared(1))
        #expect(cache.lookup("b") == .prepare(4))
    }

    @Test("What was not prepared is forgotten and leaves nothing to deallocate")
    mutating func forget() {
        _ = cache.lookup("a")
        cache.forget(1)
        cache.forget(1)
        #expect(cache.count == 0)
        #expect(cache.takeEvicted() == [])
        #expect(cache.lookup("a") == .prepare(2))
    }

    @Test("A stale statement is prepared under a new number; reports on the old one change nothing")
    mutating func invalidate() {
        _ = cache.lookup("a")
        cache.invalidate(1)
        #expect(cache.takeEvicted() == [1])
        #expect(cache.lookup("a") == .prepare(2))
        cache.invalidate(1)
        #expect(cache.takeEvicted() == [])
        #expect(cache.lookup("a") == .prepared(2))
    }
}
