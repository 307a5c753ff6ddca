import AccessControl
import AuditTrail
import Foundation
import PostgresKit

/// Where the doings of an administrator are recorded: changes in the transaction of the change, so that neither is there
/// without the other; a look at a patient before anything is shown.
enum AdministrationRecord {
    /// The file with the key of this node (audit.signingKey), for the body of a command; `nil` when it is not set.
    @TaskLocal static var signingKeyFile: String?

    /// What signs the record of a command. Read when something is recorded: a command that records nothing needs no access.
    /// - Throws: ``AuditSigningKey/Unusable``.
    static func signingKey() throws -> AuditSigningKey? {
        try signingKeyFile.map { try AuditSigningKey(pemFile: $0) }
    }

    /// Records one change.
    static let write: AdministrationEvent.Recorder = { event, transaction in
        let object = AuditObject(
            .organisation, id: event.organisation, details: [.init("Change", event.detail)])
        try await record(event.command, object, in: transaction)
    }

    /// Records what a command does with something.
    static func record(
        _ command: String, _ object: AuditObject, action: AuditEvent.Action? = nil, in transaction: PostgresTransaction
    ) async throws {
        try await AuditJournal.append(
            [event(command, object, action: action)], from: .thisHost, signedWith: signingKey(), in: transaction)
    }

    private static func event(_ command: String, _ object: AuditObject, action: AuditEvent.Action?) -> AuditEvent {
        var event = AuditEvent(.administration)
        if let action { event.action = action }
        event.outcomeDescription = command
        event.person = .operatingSystemUser
        if object.kind == .patient { event.patient = object.id }
        event.objects = [object]
        return event
    }
}

extension AdministrationRecord {
    /// Records what a patient decided.
    static let writeConsent: ConsentRegister.Recorder = { decision, transaction in
        let details: [AuditObject.Detail] = [
            .init("Decision", decision.outcome.rawValue), .init("Audience", decision.audience.text),
            .init("Source", decision.source),
        ]
        try await record(
            "consent set", AuditObject(.patient, id: decision.patientID, details: details), in: transaction)
    }

    /// Records that a command reads what is known about a patient. Comes before the reading: without a record nothing is
    /// shown.
    static func recordReading(
        _ command: String, of patientID: String, details: [AuditObject.Detail] = [], on client: PostgresClient
    ) async throws {
        let object = AuditObject(.patient, id: patientID, details: details)
        try await client.withTransaction { try await record(command, object, action: .read, in: $0) }
    }

    /// Records that a command is about to show these patients: an event for each, so that the report of each has it.
    static func recordReading(_ command: String, of patientIDs: [String], on client: PostgresClient) async throws {
        guard !patientIDs.isEmpty else { return }
        let events = patientIDs.map { event(command, AuditObject(.patient, id: $0), action: .read) }
        try await client.withTransaction {
            try await AuditJournal.append(events, from: .thisHost, signedWith: signingKey(), in: $0)
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
