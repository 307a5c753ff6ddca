import Synchronization

/// Counters that the threads of all connections of a client add to.
final class PostgresCounters: Sendable {
    let completed = Atomic<Int>(0)
    let abandoned = Atomic<Int>(0)
    let prepared = Atomic<Int>(0)
    let lost = Atomic<Int>(0)
    let connected = Atomic<Int>(0)
}
