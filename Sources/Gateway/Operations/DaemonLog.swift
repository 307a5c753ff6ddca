import Logging

/// Log lines of the daemon: to standard error, in the configured form.
enum DaemonLog {
    /// Sets the form and level of every logger of the process and gives the daemon's own.
    static func bootstrap(_ configuration: GatewayConfiguration) -> Logger {
        let level = configuration.logLevel
        switch configuration.logFormat {
        case .json:
            LoggingSystem.bootstrap(
                { label, provider in JSONLogHandler(label: label, level: level, metadataProvider: provider) },
                metadataProvider: nil)
        case .text:
            LoggingSystem.bootstrap { label in
                var handler = StreamLogHandler.standardError(label: label)
                handler.logLevel = level
                return handler
            }
        }
        return Logger(label: "xds-gateway")
    }
}
