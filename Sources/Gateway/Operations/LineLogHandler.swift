import Logging

/// How an event of the log is written as one line.
protocol LogLineForm {
    /// The line, without its end.
    /// - Parameter fields: the metadata in the order of their names.
    static func line(
        _ event: LogEvent, label: String, fields: [(key: String, value: Logger.Metadata.Value)]
    ) -> String
}

/// Hands log lines of a form to their output.
struct LineLogHandler<Form: LogLineForm>: LogHandler {
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
        let fields = event.fields(over: metadata, metadataProvider)
        output.write(Form.line(event, label: label, fields: fields), level: event.level)
    }
}

extension LogEvent {
    /// The metadata of a line by name: what it says itself goes before what the provider says, and that before the logger's.
    fileprivate func fields(
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
