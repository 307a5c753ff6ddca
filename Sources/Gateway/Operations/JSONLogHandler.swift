import Logging

/// Log lines as one JSON object each, for collectors. Times are UTC, RFC 3339.
struct JSONLogHandler: LogHandler {
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
        var line = "{\"time\":\"" + LogTime.now() + "\""
        line += ",\"level\":\"\(event.level)\",\"message\":" + Self.quoted("\(event.message)")
        line += ",\"label\":" + Self.quoted(label)
        for (key, value) in event.fields(over: metadata, metadataProvider) {
            let name = Self.ownFields.contains(key) ? "metadata." + key : key
            line += "," + Self.quoted(name) + ":" + Self.quoted("\(value)")
        }
        output.write(line + "}", level: event.level)
    }

    /// The fields every line has; metadata of the same name gets a prefix, because a JSON object has each name once.
    private static let ownFields: Set<String> = ["time", "level", "message", "label"]

    /// A JSON string.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
