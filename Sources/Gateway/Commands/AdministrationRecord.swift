import AccessControl
import AuditTrail
import Foundation
import PostgresKit

/// Where the doings of an administrator are recorded: changes in the transaction of the change, so that neither is there
/// without the other; a look at a patient before anything is shown.
struct AdministrationRecord: Sendable {
    /// The node whose configuration the command was given, and the process of the command.
    let source: AuditSource
    /// The file with the key of this node (audit.signingKey); `nil` when it is not set.
    let signingKeyFile: String?

    /// What signs the record of a command. Read when something is recorded: a command that records nothing needs no access.
    /// - Throws: ``AuditSigningKey/Unusable``.
    func signingKey() throws -> AuditSigningKey? {
        try signingKeyFile.map { try AuditSigningKey(pemFile: $0) }
    }

    /// Records one change of an organisation.
    @Sendable func write(_ event: AdministrationEvent, in transaction: PostgresTransaction) async throws {
        let details = event.changes.flatMap { Self.pieces($0) }.map { AuditObject.Detail("Change", $0) }
        try await record(
            event.command, AuditObject(.organisation, id: event.organisation, details: details), in: transaction)
    }

    /// Records what a patient decided.
    @Sendable func writeConsent(_ decision: ConsentDecision, in transaction: PostgresTransaction) async throws {
        let details: [AuditObject.Detail] = [
            .init("Decision", decision.outcome.rawValue), .init("Audience", decision.audience.text),
            .init("DecidedOn", Day.text(decision.decidedOn)), .init("Source", decision.source),
        ]
        try await record(
            "consent set", AuditObject(.patient, id: decision.patientID, details: details), in: transaction)
    }

    /// Records what a command does with something.
    func record(
        _ command: String, _ object: AuditObject, action: AuditEvent.Action? = nil, in transaction: PostgresTransaction
    ) async throws {
        try await AuditJournal.append(
            [event(command, object, action: action)], from: source, signedWith: signingKey(), in: transaction)
    }

    /// Records that a command reads what is known about a patient. Comes before the reading: without a record nothing is
    /// shown.
    func recordReading(
        _ command: String, of patientID: String, details: [AuditObject.Detail] = [], on client: PostgresClient
    ) async throws {
        let object = AuditObject(.patient, id: patientID, details: details)
        try await client.withTransaction { try await record(command, object, action: .read, in: $0) }
    }

    /// Records that a command is about to show these patients: an event for each, so that the report of each has it.
    func recordReading(_ command: String, of patientIDs: [String], on client: PostgresClient) async throws {
        guard !patientIDs.isEmpty else { return }
        let events = patientIDs.map { event(command, AuditObject(.patient, id: $0), action: .read) }
        try await client.withTransaction {
            try await AuditJournal.append(events, from: source, signedWith: signingKey(), in: $0)
        }
    }

    private func event(_ command: String, _ object: AuditObject, action: AuditEvent.Action?) -> AuditEvent {
        var event = AuditEvent(.administration)
        if let action { event.action = action }
        event.outcomeDescription = command
        event.person = .operatingSystemUser
        if object.kind == .patient { event.patient = object.id }
        event.objects = [object]
        return event
    }

    /// A text in pieces that the trail does not cut: a long list of codes is told to its end.
    static func pieces(_ text: String) -> [String] {
        var pieces: [String] = []
        var piece = ""
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            if !piece.isEmpty, piece.utf8.count + 1 + word.utf8.count > pieceBytes {
                pieces.append(piece)
                piece = String(word)
            } else {
                piece += (piece.isEmpty ? "" : " ") + word
            }
        }
        return pieces + [piece]
    }

    private static let pieceBytes = 1_000
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
