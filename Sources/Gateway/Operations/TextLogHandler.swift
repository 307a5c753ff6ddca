import Logging

/// Log lines to be read by people: time, level, label, metadata in the order of their names, and the message.
///
/// A line is one line, whatever is in it: control characters are written as `\u{...}`.
struct TextLogHandler: LogHandler {
    private let label: String
    private let output: LogOutput
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    init(label: String, level: Logger.Level, output: LogOutput) {
        self.label = label
        self.output = output
        self.logLevel = level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var line = LogTime.now()
        line += " \(event.level) "
        line += label
        line += ":"
        for (key, value) in event.fields(over: metadata, metadataProvider) {
            line += " "
            Self.append(key, to: &line)
            line += "="
            Self.append("\(value)", to: &line)
        }
        line += " "
        Self.append("\(event.message)", to: &line)
        output.write(line, level: event.level)
    }

    private static func append(_ text: String, to line: inout String) {
        guard text.unicodeScalars.contains(where: isControl) else {
            line += text
            return
        }
        for scalar in text.unicodeScalars {
            if isControl(scalar) {
                line += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                line.unicodeScalars.append(scalar)
            }
        }
    }

    /// What ends a line or steers a terminal.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029: true
        default: false
        }
    }
}

extension LogEvent {
    /// The metadata of a line by name: what it says itself goes before what the provider says, and that before the logger's.
    func fields(
        over metadata: Logger.Metadata, _ provider: Logger.MetadataProvider?
    ) -> [(key: String, value: Logger.Metadata.Value)] {
        var fields = metadata
        if let provided = provider?.get() { fields.merge(provided) { _, new in new } }
        if let explicit = self.metadata {
            if fields.isEmpty { fields = explicit } else { fields.merge(explicit) { _, new in new } }
        }
        if let error { fields["error"] = "\(error)" }
        return fields.sorted { $0.key < $1.key }
    }
}
