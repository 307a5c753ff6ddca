public import Foundation
public import PostgresKit
public import XDSMetadata

/// The identities of the affinity domain that the registry knows (ITI TF-1: 10.4.4, XAD-PID), and what happened to them.
///
/// Every change is one transaction and leaves a row in the history. Changes of a patient lock its row; a registration
/// holds the row too, so that it lands either before a merge, and is moved, or after it, and is refused.
public struct PatientRegister: Sendable {
    /// Who changes the register, and by which message.
    public struct Origin: Hashable, Sendable {
        /// Identifier of an organisation, or a word for somebody inside: `administration`, `demo`.
        public let organisation: String
        /// The transaction; absent for a command.
        public let transaction: TransactionID?
        /// How the sender names the message: MSH-10, or the `id` of an HL7 v3 message.
        public let messageID: String?

        /// Describes an origin.
        public init(organisation: String, transaction: TransactionID? = nil, messageID: String? = nil) {
            self.organisation = organisation
            self.transaction = transaction
            self.messageID = messageID
        }

        /// A command of an administrator.
        public static let administration = Origin(organisation: "administration")
    }

    /// A patient id as an administrator sees it.
    public struct Entry: Sendable {
        /// CX form.
        public let patientID: String
        /// `active` or `subsumed`.
        public let status: String
        /// The id that took it over; after a chain of merges, the last one.
        public let survivor: String?
        /// Who made it known.
        public let source: String
        /// Since when.
        public let knownSince: Date
    }

    /// Writes a change to the audit trail in the transaction of the change, so that neither is there without the other.
    public typealias Recorder = @Sendable (PostgresTransaction) async throws -> Void

    /// How often a change is tried again that met another one on the same rows.
    static let attempts = 3

    let client: PostgresClient

    /// The register in the database of `client`.
    public init(client: PostgresClient) {
        self.client = client
    }

    /// Makes a patient id known.
    /// - Parameter source: who says so.
    /// - Returns: `false` if it was known already; nothing changes then.
    public func add(_ patient: PatientID, source: String) async throws -> Bool {
        try await add([patient], origin: Origin(organisation: source)) == 1
    }

    /// Makes patient ids known; those that are known already stay as they are.
    /// - Returns: how many are new.
    public func add(_ patients: [PatientID], origin: Origin) async throws -> Int {
        try await client.query(Self.insertion(of: patients, origin: origin)).affectedRows
    }

    /// Makes patient ids known, and records that in the same transaction.
    /// - Parameter record: called in the transaction, after the change.
    /// - Returns: how many are new.
    public func add(_ patients: [PatientID], origin: Origin, record: @escaping Recorder) async throws -> Int {
        try await client.withTransaction { transaction in
            let added = try await transaction.query(Self.insertion(of: patients, origin: origin)).affectedRows
            try await record(transaction)
            return added
        }
    }

    /// The known ids, oldest first.
    public func list(limit: Int) async throws -> [Entry] {
        let rows = try await client.query(
            """
            with recursive shown as (
                select * from patient order by patient_key limit \(Int64(limit))
            ), chain (patient_key, last_key, next_key) as (
                select s.patient_key, t.patient_key, t.survivor_key
                from shown s join patient t on t.patient_key = s.survivor_key
                union all
                select c.patient_key, t.patient_key, t.survivor_key
                from chain c join patient t on t.patient_key = c.next_key
            )
            select s.patient_id, s.status::text, t.patient_id, s.source, s.known_since
            from shown s left join chain c on c.patient_key = s.patient_key and c.next_key is null
                left join patient t on t.patient_key = c.last_key
            order by s.patient_key
            """)
        return try rows.map { row in
            try Entry(
                patientID: row.decode(String.self, column: 0), status: row.decode(String.self, column: 1),
                survivor: row.decode(String?.self, column: 2), source: row.decode(String.self, column: 3),
                knownSince: row.decode(Date.self, column: 4))
        }
    }

    /// The statement that makes ids known and notes it; it reports the number of new ones as its affected rows.
    static func insertion(of patients: [PatientID], origin: Origin) -> PostgresQuery {
        """
        with added as (
            insert into patient (patient_id, source)
            select distinct id, \(origin.organisation) from unnest(\(patients.map(\.cx))) as given (id)
            on conflict (patient_id) do nothing returning patient_key)
        insert into patient_event (patient_key, kind, organisation, transaction, message_id)
        select patient_key, 'added', \(origin.organisation), \(origin.transaction?.rawValue), \(origin.messageID) from added
        """
    }
}
