public import Foundation
import PostgresKit
public import XDSMetadata

/// Something that happened to a patient id.
public struct PatientEvent: Sendable {
    /// `added`, `subsumed`, `took over`, `link moved away` or `link moved here`.
    public let kind: String
    /// The other id of a merge or of a link change, CX.
    public let other: String?
    /// How many registry objects went with it.
    public let objects: Int?
    /// Who changed the register, and by which message.
    public let organisation: String
    /// As `ITI-8`; absent for a command.
    public let transaction: String?
    /// How the sender named the message.
    public let messageID: String?
    /// When.
    public let occurredAt: Date
}

extension PatientRegister {
    /// What happened to an id, oldest first; nil if it is not known.
    public func history(of patient: PatientID) async throws -> [PatientEvent]? {
        let rows = try await client.query(
            """
            select e.kind::text, o.patient_id, e.objects, e.organisation, e.transaction, e.message_id, e.occurred_at
            from patient p join patient_event e using (patient_key)
                left join patient o on o.patient_key = e.other_key
            where p.patient_id = \(patient.cx) order by e.patient_event_key
            """)
        guard rows.rowCount > 0 else { return nil }
        return try rows.map { row in
            try PatientEvent(
                kind: row.decode(String.self, column: 0), other: row.decode(String?.self, column: 1),
                objects: row.decode(Int32?.self, column: 2).map { Int($0) },
                organisation: row.decode(String.self, column: 3), transaction: row.decode(String?.self, column: 4),
                messageID: row.decode(String?.self, column: 5), occurredAt: row.decode(Date.self, column: 6))
        }
    }
}
