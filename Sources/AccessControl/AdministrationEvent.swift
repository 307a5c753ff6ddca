public import PostgresKit

/// A change an administrator made, for the audit trail.
///
/// - Source: issue of the front door: every change of organisations is itself audited; DICOM PS3.15 A.5.3.13, security
///   alert, and NEN 7513.
public struct AdministrationEvent: Sendable, Equatable {
    /// The command, as `organisation suspend`.
    public let command: String
    /// The organisation it is about.
    public let organisation: String
    /// What changed, one change each: `field: old -> new`, or what was added or removed. No patient data.
    public let changes: [String]

    /// An event.
    public init(command: String, organisation: String, changes: [String]) {
        self.command = command
        self.organisation = organisation
        self.changes = changes
    }

    /// Writes the event in the transaction of the change, so that neither is there without the other.
    public typealias Recorder = @Sendable (AdministrationEvent, PostgresTransaction) async throws -> Void
}
