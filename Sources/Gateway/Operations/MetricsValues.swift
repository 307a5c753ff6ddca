import CoreMetrics
import Synchronization

/// A figure that only rises.
final class CounterMetric: CounterHandler, Sendable {
    private let count = Atomic<Int64>(0)

    var value: Int64 { count.load(ordering: .relaxed) }
    func increment(by amount: Int64) { count.add(amount, ordering: .relaxed) }
    func reset() { count.store(0, ordering: .relaxed) }
}

/// A figure that rises and falls.
final class GaugeMetric: MeterHandler, RecorderHandler, Sendable {
    private let current = Mutex(0.0)

    var value: Double { current.withLock { $0 } }
    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { current.withLock { $0 = value } }
    func increment(by amount: Double) { current.withLock { $0 += amount } }
    func decrement(by amount: Double) { current.withLock { $0 -= amount } }
    func record(_ value: Int64) { set(value) }
    func record(_ value: Double) { set(value) }
}

/// How often a duration (seconds) or a size fell below each bound.
final class HistogramMetric: TimerHandler, RecorderHandler, Sendable {
    /// Upper bounds in seconds: fine around the goal of a query, coarse where documents are moved.
    static let bounds: [Double] = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
    ]

    /// What a histogram holds at one moment.
    struct Reading: Sendable {
        /// Cumulative counts, one for each bound.
        var buckets: [Int64]
        var count: Int64
        var sum: Double
    }

    private let state = Mutex(
        Reading(buckets: Array(repeating: 0, count: HistogramMetric.bounds.count), count: 0, sum: 0))

    var reading: Reading {
        var reading = state.withLock { $0 }
        for index in reading.buckets.indices.dropFirst() { reading.buckets[index] += reading.buckets[index - 1] }
        return reading
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        state.withLock { state in
            if let index = Self.bounds.firstIndex(where: { value <= $0 }) { state.buckets[index] += 1 }
            state.count += 1
            state.sum += value
        }
    }
}
