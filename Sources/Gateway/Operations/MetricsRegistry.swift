import CoreMetrics
import Synchronization

/// A backend of swift-metrics that keeps its figures in memory and writes them in the Prometheus text format.
///
/// Counters and timers of every library that speaks swift-metrics end up here. Gauges of this daemon (pool, store,
/// process) are asked for at each scrape through ``collect(_:)``, so they cost nothing in between.
final class MetricsRegistry: MetricsFactory, Sendable {
    /// A figure by name and labels.
    struct Key: Hashable, Sendable {
        let name: String
        let dimensions: [String]

        init(_ name: String, _ dimensions: [(String, String)]) {
            self.name = Self.legal(name, alsoAllowed: [":"])
            self.dimensions = dimensions.map { "\(Self.legal($0.0))=\"\(Self.escaped($0.1))\"" }
        }

        /// A name as the format allows it: `[a-zA-Z_][a-zA-Z0-9_]*`, in names of metrics also colons.
        ///
        /// Every request comes here a few times, nearly always with a legal name: that is told by its bytes alone.
        private static func legal(_ name: String, alsoAllowed: Set<Character> = []) -> String {
            if name.utf8.allSatisfy(isLetterOrUnderscore) { return name }
            let cleaned = String(
                name.map { character in
                    let isKept = character.isASCII && (character.isLetter || character.isNumber)
                    return isKept || alsoAllowed.contains(character) ? character : "_"
                })
            return cleaned.first?.isNumber == true ? "_" + cleaned : cleaned
        }

        private static func isLetterOrUnderscore(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
            default: false
            }
        }

        /// By scalar: a line feed after a carriage return is one `Character` with it.
        private static func escaped(_ value: String) -> String {
            if !value.utf8.contains(where: needsEscape) { return value }
            var text = ""
            for scalar in value.unicodeScalars {
                switch scalar {
                case "\\": text += "\\\\"
                case "\"": text += "\\\""
                case "\n": text += "\\n"
                default: text.unicodeScalars.append(scalar)
                }
            }
            return text
        }

        private static func needsEscape(_ byte: UInt8) -> Bool {
            byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\n")
        }
    }

    /// A figure computed when it is asked for.
    struct Sample: Sendable {
        /// How Prometheus should read the figure.
        enum Kind: String, Sendable {
            case counter, gauge
        }

        let name: String
        let kind: Kind
        let help: String
        let dimensions: [(String, String)]
        let value: Double

        init(_ name: String, _ kind: Kind, _ help: String, _ dimensions: [(String, String)] = [], _ value: Double) {
            self.name = name
            self.kind = kind
            self.help = help
            self.dimensions = dimensions
            self.value = value
        }
    }

    private struct State {
        var counters: [Key: CounterMetric] = [:]
        var gauges: [Key: GaugeMetric] = [:]
        var histograms: [Key: HistogramMetric] = [:]
        var collectors: [@Sendable () async -> [Sample]] = []
    }

    private let state = Mutex(State())

    /// Adds figures that are computed at each scrape.
    func collect(_ collector: @escaping @Sendable () async -> [Sample]) {
        state.withLock { $0.collectors.append(collector) }
    }

    // MARK: MetricsFactory

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        let key = Key(label, dimensions)
        return state.withLock { state in
            state.counters.value(for: key) { CounterMetric() }
        }
    }

    func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        gauge(Key(label, dimensions))
    }

    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        aggregate ? histogram(Key(label, dimensions)) : gauge(Key(label, dimensions))
    }

    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(Key(label, dimensions))
    }

    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyMeter(_ handler: any MeterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}

    private func gauge(_ key: Key) -> GaugeMetric {
        state.withLock { $0.gauges.value(for: key) { GaugeMetric() } }
    }

    private func histogram(_ key: Key) -> HistogramMetric {
        state.withLock { $0.histograms.value(for: key) { HistogramMetric() } }
    }

    // MARK: Exposition

    /// All figures in the Prometheus text format 0.0.4.
    func exposition() async -> String {
        let (counters, gauges, histograms, collectors) = state.withLock {
            ($0.counters, $0.gauges, $0.histograms, $0.collectors)
        }
        var text = MetricsText()
        for (name, family) in Self.families(counters) {
            text.family(name, type: "counter", help: nil)
            for (key, metric) in family { text.sample(name, key.dimensions, Double(metric.value)) }
        }
        for (name, family) in Self.families(gauges) {
            text.family(name, type: "gauge", help: nil)
            for (key, metric) in family { text.sample(name, key.dimensions, metric.value) }
        }
        for (name, family) in Self.families(histograms) {
            text.family(name, type: "histogram", help: nil)
            for (key, metric) in family { text.histogram(name, key.dimensions, metric.reading) }
        }
        for collector in collectors {
            var announced = Set<String>()
            for sample in await collector() {
                if announced.insert(sample.name).inserted {
                    text.family(sample.name, type: sample.kind.rawValue, help: sample.help)
                }
                text.sample(sample.name, Key(sample.name, sample.dimensions).dimensions, sample.value)
            }
        }
        return text.text
    }

    private static func families<Metric>(_ metrics: [Key: Metric]) -> [(String, [(Key, Metric)])] {
        Dictionary(grouping: metrics, by: \.key.name).sorted { $0.key < $1.key }.map { name, family in
            (
                name,
                family.map { ($0.key, $0.value) }.sorted { $0.0.dimensions.lexicographicallyPrecedes($1.0.dimensions) }
            )
        }
    }
}

extension Dictionary {
    /// The value of a key, made on first use.
    fileprivate mutating func value(for key: Key, _ make: () -> Value) -> Value {
        if let value = self[key] { return value }
        let value = make()
        self[key] = value
        return value
    }
}
