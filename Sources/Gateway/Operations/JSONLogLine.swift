import Logging

/// Log lines as one JSON object each, for collectors. Times are UTC, RFC 3339.
enum JSONLogLine: LogLineForm {
    static func line(
        _ event: LogEvent, label: String, fields: [(key: String, value: Logger.Metadata.Value)]
    ) -> String {
        var line = "{\"time\":\"" + LogTime.now() + "\""
        line += ",\"level\":\"\(event.level)\",\"message\":" + quoted("\(event.message)")
        line += ",\"label\":" + quoted(label)
        for (key, value) in fields {
            let name = ownFields.contains(key) ? "metadata." + key : key
            line += "," + quoted(name) + ":" + quoted("\(value)")
        }
        return line + "}"
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
