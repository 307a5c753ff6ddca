public import PostgresKit
import Synchronization

/// Which patient something is about, for the audit trail, where the request does not say.
public final class PatientLookup: Sendable {
    /// Ids remembered at most: an id that was given to a key stays with it.
    private static let limit = 50_000

    private let client: PostgresClient
    private let known = Mutex<[Int64: String]>([:])

    /// A lookup in the registry's tables.
    public init(client: PostgresClient) {
        self.client = client
    }

    /// How long a request that is cancelled may still ask.
    private static let lastMoment = Duration.seconds(5)

    /// Asks also for a request that is cancelled, at the end of a stop: what it did is recorded all the same.
    private func query(_ query: PostgresQuery) async throws -> PostgresResult {
        do {
            return try await client.query(query)
        } catch let error where error.code == .cancelled {
            let client = client
            return try await Task { try await client.query(query, timeout: Self.lastMoment) }.value
        }
    }

    /// CX by DocumentEntry.uniqueId, of those documents that are registered. Of several entries the one of who gave the bytes
    /// counts.
    public func patients(ofDocuments uniqueIds: [String]) async throws -> [String: String] {
        let rows = try await query(
            """
            select distinct on (e.unique_id) e.unique_id, patient_id from document_entry e join patient using (patient_key)
            where e.unique_id = any(\(uniqueIds))
            order by e.unique_id, exists (select from stored_document_provider p where p.unique_id = e.unique_id
                and p.repository_unique_id = e.repository_unique_id and p.organisation = e.submitted_by) desc,
                e.latest desc, e.version desc
            """)
        var patients: [String: String] = [:]
        for row in rows {
            patients[try row.decode(String.self, column: 0)] = try row.decode(String.self, column: 1)
        }
        return patients
    }

    /// Every id of the patient who has this one: those merged into it, and what it was merged into; at least the id itself.
    public func ids(of patientId: String) async throws -> [String] {
        let rows = try await client.query(
            """
            with recursive
                up (patient_key, survivor_key) as (
                    select patient_key, survivor_key from patient where patient_id = \(patientId)
                    union select p.patient_key, p.survivor_key from patient p join up on p.patient_key = up.survivor_key),
                down (patient_key) as (
                    select patient_key from up where survivor_key is null
                    union select p.patient_key from patient p join down on p.survivor_key = down.patient_key)
            select patient_id from patient join down using (patient_key) order by patient_key
            """)
        let ids = try rows.map { try $0.decode(String.self, column: 0) }
        return ids.contains(patientId) ? ids : [patientId] + ids
    }

    /// CX of patients by `patient_key`, in their order, with one query for those not remembered.
    public func patients(keys: [Int64]) async throws -> [String] {
        var found = known.withLock { known in
            Dictionary(keys.compactMap { key in known[key].map { (key, $0) } }, uniquingKeysWith: { first, _ in first })
        }
        let missing = keys.filter { found[$0] == nil }
        if !missing.isEmpty {
            let rows = try await query(
                "select patient_key, patient_id from patient where patient_key = any(\(missing))")
            var read: [Int64: String] = [:]
            for row in rows {
                read[try row.decode(Int64.self, column: 0)] = try row.decode(String.self, column: 1)
            }
            found.merge(read) { first, _ in first }
            known.withLock { [read] known in
                if known.count + read.count > Self.limit { known.removeAll() }
                known.merge(read) { first, _ in first }
            }
        }
        return keys.compactMap { found[$0] }
    }
}
