import Glibc
import Logging
import Synchronization

/// Log lines of the daemon: to standard error, or to a file for the demo, in the configured form.
enum DaemonLog {
    /// Sets the form and level of every logger of the process and gives the daemon's own.
    static func bootstrap(_ configuration: GatewayConfiguration) -> Logger {
        let level = configuration.logLevel
        flushAtExit(.standardError)
        switch configuration.logFormat {
        case .json:
            LoggingSystem.bootstrap { LineLogHandler<JSONLogLine>(label: $0, level: level, output: .standardError) }
        case .text:
            LoggingSystem.bootstrap { LineLogHandler<TextLogLine>(label: $0, level: level, output: .standardError) }
        }
        return Logger(label: "xds-gateway")
    }

    /// The same into a file, one JSON object a line, so that a terminal stays free for a transcript.
    static func bootstrap(_ configuration: GatewayConfiguration, file: String) throws -> Logger {
        let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw ConfigurationError(problems: ["\(file): the log cannot be written"]) }
        let output = LogOutput(descriptor: descriptor)
        flushAtExit(output)
        let level = configuration.logLevel
        LoggingSystem.bootstrap { LineLogHandler<JSONLogLine>(label: $0, level: level, output: output) }
        return Logger(label: "xds-gateway")
    }

    private static let outputs = Mutex<[LogOutput]>([])

    /// What is not written when the process ends is written then.
    private static func flushAtExit(_ output: LogOutput) {
        let isFirst = outputs.withLock { outputs in
            defer { outputs.append(output) }
            return outputs.isEmpty
        }
        guard isFirst else { return }
        atexit {
            for output in DaemonLog.outputs.withLock({ $0 }) { output.flush() }
        }
    }
}
