import AccessControl
import AuditTrail
import Foundation
import PostgresKit

/// Where changes of an administrator are recorded: in the transaction of the change, so that neither is there without
/// the other.
enum AdministrationRecord {
    /// Records one change.
    static let write: AdministrationEvent.Recorder = { event, transaction in
        let object = AuditObject(
            .organisation, id: event.organisation, details: [.init("Change", event.detail)])
        try await record(event.command, object, in: transaction)
    }

    /// Records a change of something by a command.
    static func record(_ command: String, _ object: AuditObject, in transaction: PostgresTransaction) async throws {
        var event = AuditEvent(.administration)
        event.outcomeDescription = command
        event.person = .operatingSystemUser
        event.objects = [object]
        try await AuditJournal.append([event], from: .thisHost, in: transaction)
    }
}

extension AdministrationRecord {
    /// Records a change about a patient that was made by a command, right after it.
    static func record(_ command: String, about patientID: String, on client: PostgresClient) async throws {
        var event = AuditEvent(.administration)
        event.outcomeDescription = command
        event.person = .operatingSystemUser
        event.patient = patientID
        let recorded = event
        try await client.withTransaction { transaction in
            try await AuditJournal.append([recorded], from: .thisHost, in: transaction)
        }
    }
}

extension AuditEvent.Person {
    /// Who calls a command: the login, or the one behind sudo.
    static var operatingSystemUser: AuditEvent.Person {
        let login = ProcessInfo.processInfo.environment["SUDO_USER"] ?? NSUserName()
        let name = NSFullUserName()
        return AuditEvent.Person(
            id: login.isEmpty ? "unknown" : login, name: name.isEmpty || name == login ? nil : name)
    }
}

extension AuditSource {
    /// A command on this host.
    static var thisHost: AuditSource { .thisProcess(node: ProcessInfo.processInfo.hostName) }
}
