import CoreMetrics
import Foundation
import Testing

@testable import Gateway

@Suite("Metrics in the Prometheus text format 0.0.4")
struct MetricsRegistryTests {
    private func lines(_ registry: MetricsRegistry) async -> [String] {
        await registry.exposition().split(separator: "\n").map(String.init)
    }

    @Test("a counter: its type, then one line for each set of labels")
    func writesCounters() async {
        let registry = MetricsRegistry()
        Counter(
            label: "xds_requests_total", dimensions: [("transaction", "ITI-18"), ("outcome", "Success")],
            factory: registry
        )
        .increment(by: 2)
        Counter(
            label: "xds_requests_total", dimensions: [("transaction", "ITI-41"), ("outcome", "Failure")],
            factory: registry
        )
        .increment()
        Counter(
            label: "xds_requests_total", dimensions: [("transaction", "ITI-18"), ("outcome", "Success")],
            factory: registry
        )
        .increment()
        #expect(
            await lines(registry) == [
                "# TYPE xds_requests_total counter",
                "xds_requests_total{transaction=\"ITI-18\",outcome=\"Success\"} 3",
                "xds_requests_total{transaction=\"ITI-41\",outcome=\"Failure\"} 1",
            ])
    }

    @Test("families are sorted by name, and each is announced once")
    func sortsFamilies() async {
        let registry = MetricsRegistry()
        for name in ["b_total", "a_total", "c_total", "a_total"] { Counter(label: name, factory: registry).increment() }
        #expect(
            await lines(registry) == [
                "# TYPE a_total counter", "a_total 2", "# TYPE b_total counter", "b_total 1", "# TYPE c_total counter",
                "c_total 1",
            ])
    }

    @Test("a gauge rises and falls")
    func writesGauges() async {
        let registry = MetricsRegistry()
        let meter = Meter(label: "xds_open", factory: registry)
        meter.set(5)
        meter.increment(by: 2.5)
        meter.decrement(by: 10)
        Recorder(label: "xds_last", aggregate: false, factory: registry).record(0.25)
        #expect(
            await lines(registry) == [
                "# TYPE xds_last gauge", "xds_last 0.25", "# TYPE xds_open gauge", "xds_open -2.5",
            ])
    }

    @Test("a timer: cumulative buckets in seconds that end in +Inf, sum and count")
    func writesHistograms() async throws {
        let registry = MetricsRegistry()
        let timer = CoreMetrics.Timer(label: "xds_seconds", dimensions: [("transaction", "ITI-18")], factory: registry)
        timer.recordMilliseconds(1)
        timer.recordMilliseconds(2)
        timer.recordSeconds(3)
        timer.recordSeconds(600)
        let lines = await lines(registry)
        #expect(lines.first == "# TYPE xds_seconds histogram")
        let buckets = lines.filter { $0.hasPrefix("xds_seconds_bucket{transaction=\"ITI-18\",le=\"") }
        #expect(buckets.count == HistogramMetric.bounds.count + 1)
        let counts = try buckets.map { try #require(Int($0.split(separator: " ")[1])) }
        #expect(counts == counts.sorted(), "buckets are cumulative")
        #expect(lines.contains("xds_seconds_bucket{transaction=\"ITI-18\",le=\"0.0005\"} 0"))
        #expect(
            lines.contains("xds_seconds_bucket{transaction=\"ITI-18\",le=\"0.001\"} 1"), "a bound belongs to its bucket"
        )
        #expect(lines.contains("xds_seconds_bucket{transaction=\"ITI-18\",le=\"0.0025\"} 2"))
        #expect(lines.contains("xds_seconds_bucket{transaction=\"ITI-18\",le=\"60\"} 3"))
        #expect(lines.contains("xds_seconds_bucket{transaction=\"ITI-18\",le=\"+Inf\"} 4"))
        #expect(lines.contains("xds_seconds_sum{transaction=\"ITI-18\"} 603.003"))
        #expect(lines.last == "xds_seconds_count{transaction=\"ITI-18\"} 4")
    }

    @Test("figures computed at a scrape have help, and are computed at each")
    func writesCollected() async {
        let registry = MetricsRegistry()
        registry.collect {
            [
                .init("xds_connections", .gauge, "Connections.", [("state", "ready")], 4),
                .init("xds_connections", .gauge, "Connections.", [("state", "leased")], 1.5),
                .init("xds_lost_total", .counter, "Lost.", [], 1e15),
            ]
        }
        #expect(
            await lines(registry) == [
                "# HELP xds_connections Connections.", "# TYPE xds_connections gauge",
                "xds_connections{state=\"ready\"} 4", "xds_connections{state=\"leased\"} 1.5",
                "# HELP xds_lost_total Lost.", "# TYPE xds_lost_total counter", "xds_lost_total 1000000000000000",
            ])
    }

    @Test("label values are escaped: quote, backslash and line ends cannot break out of their line")
    func escapesLabels() async {
        let registry = MetricsRegistry()
        for value in ["a\"b", "a\\b", "a\nb", "a\r\nb", "ë} 1\n# TYPE"] {
            Counter(label: "x_total", dimensions: [("organisation", value)], factory: registry).increment()
        }
        let text = await registry.exposition()
        let lines = text.components(separatedBy: "\n")
        #expect(text.hasSuffix("\n"))
        #expect(lines.count == 7)
        #expect(lines.contains("x_total{organisation=\"a\\\"b\"} 1"))
        #expect(lines.contains("x_total{organisation=\"a\\\\b\"} 1"))
        #expect(lines.contains("x_total{organisation=\"a\\nb\"} 1"))
        #expect(lines.contains("x_total{organisation=\"a\r\\nb\"} 1"))
        #expect(lines.contains("x_total{organisation=\"ë} 1\\n# TYPE\"} 1"))
    }

    @Test("names are made legal: other characters become underscores, and none begins with a digit")
    func cleansNames() async {
        let registry = MetricsRegistry()
        Counter(label: "http.server-requests é", dimensions: [("net:peer", "x"), ("1st", "y")], factory: registry)
            .increment()
        Counter(label: "2xx", factory: registry).increment()
        let lines = await lines(registry)
        #expect(lines.contains("http_server_requests__{net_peer=\"x\",_1st=\"y\"} 1"), "\(lines)")
        #expect(lines.contains("_2xx 1"))
    }

    @Test("counts from many tasks are all there")
    func countsAtOnce() async {
        let registry = MetricsRegistry()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<50 {
                group.addTask {
                    for _ in 0..<200 {
                        Counter(label: "c_total", dimensions: [("n", "\(number % 2)")], factory: registry).increment()
                        CoreMetrics.Timer(label: "t_seconds", factory: registry).recordNanoseconds(1)
                    }
                }
            }
        }
        let lines = await lines(registry)
        #expect(lines.contains("c_total{n=\"0\"} 5000"))
        #expect(lines.contains("c_total{n=\"1\"} 5000"))
        #expect(lines.contains("t_seconds_count 10000"))
    }

    @Test("figures of the process are read from the system")
    func readsProcess() {
        let figures = ProcessFigures.read()
        #expect(figures.residentBytes > 1 << 20)
        #expect(figures.cpuSeconds > 0)
        #expect(figures.openFiles > 2)
        #expect(figures.threads >= 1)
        #expect(figures.samples.map(\.name).contains("process_resident_memory_bytes"))
    }
}
