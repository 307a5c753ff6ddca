import FoundationEssentials
import PostgresKit
import XDSMetadata

extension StoredQuery {
    /// What an answer that is kept rests on.
    ///
    /// Versions are about DocumentEntries. So answers are kept that hold nothing else, of a patient who is named, or of entries
    /// that are there: what is named by uniqueId may be registered for anybody some day.
    enum Basis {
        /// The entries of a patient.
        case patient(PatientID)
        /// Entries by entryUUID.
        case entries([UUID])
    }

    /// Ids in a question whose answer is kept, at most: so few that the check of their versions costs next to nothing.
    private static let idLimit = 64

    /// `nil` for queries whose answers are not kept.
    var basis: Basis? {
        switch self {
        case .findDocuments, .findDocumentsByReferenceId, .findDocumentsExclude, .findDocumentsByTitle:
            patientId.map { .patient($0) }
        case .getDocuments(let get):
            if case .entryUUIDs(let ids) = get.selection, ids.count <= Self.idLimit { .entries(ids) } else { nil }
        default: nil
        }
    }
}

extension StoredQuery.Basis {
    /// Reads the versions: rows of `patient_key`, version, and how many of the named objects the patient has.
    var query: PostgresQuery {
        switch self {
        case .patient(let patient):
            """
            select v.patient_key, v.version, 1::bigint from patient p join patient_version v using (patient_key)
            where p.patient_id = \(patient.cx) and p.status = 'active'
            """
        case .entries(let ids):
            """
            select v.patient_key, v.version, count(*) from document_entry e join patient_version v using (patient_key)
            where e.entry_uuid = any(\(ids)) group by v.patient_key
            """
        }
    }

    /// What the rows say; `nil` where an answer must not be kept: what is named and not known may turn up anywhere.
    func versions(_ rows: PostgresResult) throws -> [PatientVersion]? {
        var found: Int64 = 0
        let versions = try rows.map { row in
            found += try row.decode(Int64.self, column: 2)
            return PatientVersion(
                patientKey: try row.decode(Int64.self, column: 0), version: try row.decode(UUID.self, column: 1))
        }
        return found == named ? versions : nil
    }

    private var named: Int64 {
        switch self {
        case .patient: 1
        case .entries(let ids): Int64(Set(ids).count)
        }
    }
}
