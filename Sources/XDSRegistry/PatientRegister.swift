public import Foundation
public import PostgresKit
public import XDSMetadata

/// The identities of the affinity domain that the registry knows (ITI TF-1: 10.4.4, XAD-PID).
public struct PatientRegister: Sendable {
    /// A patient id as an administrator sees it.
    public struct Entry: Sendable {
        /// CX form.
        public let patientID: String
        /// `active` or `subsumed`.
        public let status: String
        /// Who made it known.
        public let source: String
        /// Since when.
        public let knownSince: Date
    }

    private let client: PostgresClient

    /// The register in the database of `client`.
    public init(client: PostgresClient) {
        self.client = client
    }

    /// Makes a patient id known.
    /// - Parameter source: who says so: `administration`, or the feed it came by.
    /// - Returns: `false` if it was known already; nothing changes then.
    public func add(_ patient: PatientID, source: String) async throws -> Bool {
        let result = try await client.query(
            "insert into patient (patient_id, source) values (\(patient.cx), \(source)) on conflict (patient_id) do nothing"
        )
        return result.affectedRows == 1
    }

    /// The known ids, oldest first.
    public func list(limit: Int) async throws -> [Entry] {
        let rows = try await client.query(
            """
            select patient_id, status::text, source, known_since from patient order by patient_key limit \(Int64(limit))
            """)
        return try rows.map { row in
            try Entry(
                patientID: row.decode(String.self, column: 0), status: row.decode(String.self, column: 1),
                source: row.decode(String.self, column: 2), knownSince: row.decode(Date.self, column: 3))
        }
    }
}
