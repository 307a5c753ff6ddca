/// The Prometheus text format, version 0.0.4.
struct MetricsText {
    private(set) var text = ""

    mutating func family(_ name: String, type: String, help: String?) {
        if let help { text += "# HELP \(name) \(help)\n" }
        text += "# TYPE \(name) \(type)\n"
    }

    mutating func sample(_ name: String, _ dimensions: [String], _ value: Double) {
        text += name
        if !dimensions.isEmpty { text += "{" + dimensions.joined(separator: ",") + "}" }
        text += " " + Self.number(value) + "\n"
    }

    mutating func histogram(_ name: String, _ dimensions: [String], _ reading: HistogramMetric.Reading) {
        for (bound, count) in zip(HistogramMetric.bounds, reading.buckets) {
            sample(name + "_bucket", dimensions + ["le=\"\(Self.number(bound))\""], Double(count))
        }
        sample(name + "_bucket", dimensions + ["le=\"+Inf\""], Double(reading.count))
        sample(name + "_sum", dimensions, reading.sum)
        sample(name + "_count", dimensions, Double(reading.count))
    }

    private static func number(_ value: Double) -> String {
        if let whole = Int64(exactly: value) { return String(whole) }
        return String(value)
    }
}
