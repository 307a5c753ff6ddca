import Logging

/// Log lines to be read by people: time, level, label, metadata in the order of their names, and the message.
///
/// A line is one line, whatever is in it: control characters are written as `\u{...}`.
enum TextLogLine: LogLineForm {
    static func line(
        _ event: LogEvent, label: String, fields: [(key: String, value: Logger.Metadata.Value)]
    ) -> String {
        var line = LogTime.now()
        line.reserveCapacity(256)
        line += " "
        line += event.level.rawValue
        line += " "
        line += label
        line += ":"
        for (key, value) in fields {
            line += " "
            append(key, to: &line)
            line += "="
            if case .string(let text) = value { append(text, to: &line) } else { append("\(value)", to: &line) }
        }
        line += " "
        append(event.message.description, to: &line)
        return line
    }

    private static func append(_ text: String, to line: inout String) {
        guard text.utf8.contains(where: isSuspicious), text.unicodeScalars.contains(where: isControl) else {
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

    /// Whether the byte may belong to such a scalar: every request writes a line, of plain letters and digits.
    private static func isSuspicious(_ byte: UInt8) -> Bool { byte < 0x20 || byte >= 0x7F }

    /// What ends a line or steers a terminal.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029: true
        default: false
        }
    }
}
