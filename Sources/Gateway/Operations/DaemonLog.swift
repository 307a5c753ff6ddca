import Foundation
import Logging

/// Log lines of the daemon: to standard error, or to a file for the demo, in the configured form.
enum DaemonLog {
    /// Sets the form and level of every logger of the process and gives the daemon's own.
    static func bootstrap(_ configuration: GatewayConfiguration) -> Logger {
        let level = configuration.logLevel
        // Without it the C library looks at its file of the time zone again for each line.
        setenv("TZ", ":/etc/localtime", 0)
        switch configuration.logFormat {
        case .json:
            LoggingSystem.bootstrap { JSONLogHandler(label: $0, level: level, output: .standardError) }
        case .text:
            LoggingSystem.bootstrap { label in
                var handler = StreamLogHandler.standardError(label: label)
                handler.logLevel = level
                return handler
            }
        }
        return Logger(label: "xds-gateway")
    }

    /// The same into a file, one JSON object a line, so that a terminal stays free for a transcript.
    static func bootstrap(_ configuration: GatewayConfiguration, file: String) throws -> Logger {
        guard FileManager.default.createFile(atPath: file, contents: nil),
            let output = FileHandle(forWritingAtPath: file)
        else { throw ConfigurationError(problems: ["\(file): the log cannot be written"]) }
        let level = configuration.logLevel
        LoggingSystem.bootstrap { JSONLogHandler(label: $0, level: level, output: output) }
        return Logger(label: "xds-gateway")
    }
}
