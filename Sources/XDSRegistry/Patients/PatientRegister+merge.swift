import NIOCore
import PostgresKit
public import XDSMetadata
import XMLKit

/// Two ids that turned out to be one patient's.
public struct PatientMerge: Hashable, Sendable {
    /// The id that goes on.
    public let survivor: PatientID
    /// The id that ends.
    public let subsumed: PatientID

    /// Describes a merge.
    public init(survivor: PatientID, subsumed: PatientID) {
        self.survivor = survivor
        self.subsumed = subsumed
    }
}

extension PatientRegister {
    /// Merges patients, all of them or none. A merge cannot be undone.
    ///
    /// The objects of the subsumed id become objects of the surviving one, their patientId included; sourcePatientId and
    /// sourcePatientInfo stay as they were. What the patient decided under both ids is joined by the database.
    /// - Source: ITI TF-2: 3.8.4.2.3.
    /// - Parameter record: called in the transaction, after the change.
    /// - Returns: how many registry objects moved.
    /// - Throws: PatientChangeRefusal, and nothing has changed then.
    public func merge(
        _ merges: [PatientMerge], origin: Origin, record: @escaping Recorder = { _ in }
    ) async throws -> Int {
        try await retryingConflicts {
            try await client.withTransaction { transaction in
                var standing = try await Self.lock(merges.flatMap { [$0.survivor, $0.subsumed] }, in: transaction)
                var moved = 0
                for (position, merge) in merges.enumerated() {
                    let survivor = try Self.active(merge.survivor, .survivor, in: standing, position)
                    let subsumed = try Self.active(merge.subsumed, .subsumed, in: standing, position)
                    guard survivor != subsumed else {
                        throw PatientChangeRefusal(.sameID, .subsumed, position: position)
                    }
                    moved += try await Self.move(subsumed, to: survivor, merge.survivor, origin, in: transaction)
                    standing[merge.subsumed]?.isActive = false
                }
                try await record(transaction)
                return moved
            }
        }
    }

    // MARK: Rows of patients

    /// A patient whose row is locked.
    struct Standing: Sendable {
        let key: Int64
        var isActive: Bool
    }

    /// Locks the rows of patients, always in the same order, so that two changes never wait for each other. The lock also
    /// waits for registrations of these patients, and keeps new ones waiting.
    static func lock(
        _ patients: [PatientID], in transaction: PostgresTransaction
    ) async throws -> [PatientID: Standing] {
        let rows = try await transaction.query(
            """
            select patient_key, patient_id, status = 'active' from patient
            where patient_id = any(\(patients.map(\.cx))) order by patient_key for update
            """)
        var standing: [PatientID: Standing] = [:]
        for row in rows {
            standing[try PatientID(parsing: row.decode(String.self, column: 1))] = Standing(
                key: try row.decode(Int64.self, column: 0), isActive: try row.decode(Bool.self, column: 2))
        }
        return standing
    }

    /// The key of a patient that can take part in a change.
    /// - Throws: PatientChangeRefusal.
    static func active(
        _ patient: PatientID, _ part: PatientChangeRefusal.Part, in standing: [PatientID: Standing],
        _ position: Int = 0
    ) throws -> Int64 {
        guard let found = standing[patient] else { throw PatientChangeRefusal(.unknown, part, position: position) }
        guard found.isActive else { throw PatientChangeRefusal(.subsumed, part, position: position) }
        return found.key
    }

    /// Runs a change again that the database broke off for the sake of another one.
    func retryingConflicts<R>(_ body: () async throws -> R) async throws -> R {
        var attempt = 1
        while true {
            do {
                return try await body()
            } catch let error as PostgresError where error.isConflict && attempt < Self.attempts {
                attempt += 1
            }
        }
    }

    // MARK: Objects

    private static func move(
        _ subsumed: Int64, to survivor: Int64, _ id: PatientID, _ origin: Origin, in transaction: PostgresTransaction
    ) async throws -> Int {
        typealias Scheme = EbRIMVocabulary.Scheme
        let results = try await transaction.execute([
            move("document_entry", Scheme.documentEntryPatientId, of: subsumed, to: survivor, id),
            move("submission_set", Scheme.submissionSetPatientId, of: subsumed, to: survivor, id),
            move("folder", Scheme.folderPatientId, of: subsumed, to: survivor, id),
            "update patient set status = 'subsumed', survivor_key = \(survivor) where patient_key = \(subsumed)",
        ])
        let moved = results.prefix(3).reduce(0) { $0 + $1.affectedRows }
        try await transaction.execute([
            event("subsumed", of: subsumed, with: survivor, objects: moved, origin),
            event("took over", of: survivor, with: subsumed, objects: moved, origin),
        ])
        return moved
    }

    /// Gives objects of a table to another patient, in every version and status. The patientId stands in the fragment as
    /// an ExternalIdentifier that the registry wrote itself, so its form is known.
    private static func move(
        _ table: String, _ scheme: String, of subsumed: Int64, to survivor: Int64, _ id: PatientID
    ) -> PostgresQuery {
        // Both indexes of entries by patient are partial: this names what both of them hold.
        let versions = table == "document_entry" ? " and (latest or not latest)" : ""
        let identifier = "(<rim:ExternalIdentifier [^>]*identificationScheme=\"\(scheme)\"[^>]* value=\")[^\"]*"
        return """
            update \(unescaped: table) set patient_key = \(survivor), fragment = regexp_replace(fragment,
                '\(unescaped: identifier)', '\\1' || \(id.attributeReplacement))
            where patient_key = \(subsumed)\(unescaped: versions)
            """
    }

    static func event(
        _ kind: String, of patient: Int64, with other: Int64, objects: Int, _ origin: Origin
    ) -> PostgresQuery {
        """
        insert into patient_event (patient_key, kind, other_key, objects, organisation, transaction, message_id)
        values (\(patient), \(kind)::text::patient_event_kind, \(other), \(Int32(clamping: objects)),
            \(origin.organisation), \(origin.transaction?.rawValue), \(origin.messageID))
        """
    }
}

extension PatientID {
    /// The id as it stands in an XML attribute, with the escape character of a replacement text doubled.
    fileprivate var attributeReplacement: String {
        var writer = XMLWriter(capacity: 128)
        writer.text(cx)
        return writer.string.replacing("\"", with: "&quot;").replacing("\\", with: "\\\\")
    }
}
