import Foundation
public import PostgresKit

/// The decisions of patients: what holds now, and everything there ever was.
public struct ConsentRegister: Sendable {
    /// Writes a decision to the audit trail in the transaction of the decision, so that neither is there without the other.
    public typealias Recorder = @Sendable (ConsentDecision, PostgresTransaction) async throws -> Void

    private let client: PostgresClient
    private let record: Recorder

    /// The register in the database of `client`.
    /// - Parameter record: told about every decision, in the transaction of the decision.
    public init(client: PostgresClient, record: @escaping Recorder = { _, _ in }) {
        self.client = client
        self.record = record
    }

    /// Records a decision. It takes effect with the next query, on every node.
    ///
    /// - Parameter recordedBy: the account or system that records it.
    /// - Throws: ``ConsentError``.
    public func set(_ decision: ConsentDecision, recordedBy: String) async throws {
        try await set([decision], recordedBy: recordedBy)
    }

    /// Records decisions, all of them or none.
    ///
    /// - Parameter recordedBy: the account or system that records them.
    /// - Throws: ``ConsentError``.
    public func set(_ decisions: [ConsentDecision], recordedBy: String) async throws {
        for decision in decisions { try Self.check(decision) }
        let record = record
        try await client.withTransaction { transaction in
            for decision in decisions { try await Self.set(decision, recordedBy: recordedBy, in: transaction) }
            // The trail is locked last: whoever waits for it waits shortly.
            for decision in decisions { try await record(decision, transaction) }
        }
    }

    private static func set(
        _ decision: ConsentDecision, recordedBy: String, in transaction: PostgresTransaction
    ) async throws {
        let key = try await patientKey(of: decision.patientID, in: transaction)
        switch decision.outcome {
        case .given, .withdrawn: _ = try await transaction.query(upsert(decision, key: key))
        case .none:
            _ = try await transaction.query(
                """
                delete from patient_consent
                where patient_key = \(key) and organisation_kind = \(decision.audience.text)
                """)
        }
        _ = try await transaction.query(
            """
            insert into patient_consent_event (patient_id, organisation_kind, decision, decided_on, source, recorded_by)
            values (\(decision.patientID), \(decision.audience.text), \(decision.outcome.rawValue),
                (\(decision.decidedOn)::timestamptz at time zone 'UTC')::date, \(decision.source), \(recordedBy))
            """)
    }

    /// What holds now for a patient; the decision for everyone first.
    public func current(of patientID: String) async throws -> [ConsentDecision] {
        let rows = try await client.query(
            """
            select c.organisation_kind, c.decision, c.decided_on::timestamp at time zone 'UTC', c.source
            from patient_consent c join patient p using (patient_key)
            where p.patient_id = \(patientID) order by c.organisation_kind <> '*', c.organisation_kind
            """)
        return try rows.map { try Self.decision(of: patientID, $0) }
    }

    /// Every decision there ever was about a patient id, oldest first.
    public func history(of patientID: String) async throws -> [RecordedConsent] {
        let rows = try await client.query(
            """
            select organisation_kind, decision, decided_on::timestamp at time zone 'UTC', source, recorded_by, recorded_at
            from patient_consent_event where patient_id = \(patientID) order by event_key
            """)
        return try rows.map { row in
            RecordedConsent(
                decision: try Self.decision(of: patientID, row),
                recordedBy: try row.decode(String.self, column: 4), recordedAt: try row.decode(Date.self, column: 5))
        }
    }

    private static func decision(of patientID: String, _ row: PostgresRow) throws -> ConsentDecision {
        ConsentDecision(
            patientID: patientID, audience: .init(text: try row.decode(String.self, column: 0)),
            outcome: .init(rawValue: try row.decode(String.self, column: 1)) ?? .none,
            decidedOn: try row.decode(Date.self, column: 2), source: try row.decode(String.self, column: 3))
    }

    /// The patient's row, locked: of two decisions at once the later one holds.
    private static func patientKey(of patientID: String, in transaction: PostgresTransaction) async throws -> Int64 {
        let rows = try await transaction.query(
            """
            select p.patient_key, survivor.patient_id
            from patient p left join patient survivor on survivor.patient_key = p.survivor_key
            where p.patient_id = \(patientID) for update of p
            """)
        guard rows.rowCount == 1 else { throw ConsentError.unknownPatient }
        if let survivor = try rows.decode(String?.self, row: 0, column: 1) {
            throw ConsentError.subsumedPatient(survivor: survivor)
        }
        return try rows.decode(Int64.self, row: 0, column: 0)
    }

    private static func upsert(_ decision: ConsentDecision, key: Int64) -> PostgresQuery {
        """
        insert into patient_consent (patient_key, organisation_kind, decision, decided_on, source)
        values (\(key), \(decision.audience.text), \(decision.outcome.rawValue),
            (\(decision.decidedOn)::timestamptz at time zone 'UTC')::date, \(decision.source))
        on conflict (patient_key, organisation_kind) do update set
            decision = excluded.decision, decided_on = excluded.decided_on, source = excluded.source
        """
    }

    private static func check(_ decision: ConsentDecision) throws(ConsentError) {
        if case .kind(let code) = decision.audience {
            guard (1...16).contains(code.utf8.count), code.utf8.allSatisfy({ isCodeByte($0) }) else {
                throw .malformed("kind", "give a care provider type code, as V4, or leave it out for all")
            }
        }
        guard decision.source.contains(where: { !$0.isWhitespace }), decision.source.count <= 200 else {
            throw .malformed("source", "say where the patient decided, in at most 200 characters")
        }
        guard decision.decidedOn <= Date.now.addingTimeInterval(86_400) else {
            throw .malformed("date", "a decision cannot be of tomorrow")
        }
    }

    private static func isCodeByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "."), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
