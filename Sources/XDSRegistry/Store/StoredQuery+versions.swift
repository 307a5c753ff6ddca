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
    /// Appends the part of a statement that reads the versions, in the same snapshot as the objects: rows of `patient_key`,
    /// nothing in the place of the object, the version, and how many of the named objects the patient has.
    func appendVersions(to text: inout PostgresQuery.StringInterpolation) {
        switch self {
        case .patient(let patient):
            text.appendLiteral(
                """
                select v.patient_key, null, v.version, 1 from patient p join patient_version v using (patient_key)
                where p.status = 'active' and p.patient_id =\u{20}
                """)
            text.appendInterpolation(patient.cx)
        case .entries(let ids):
            text.appendLiteral(
                """
                select v.patient_key, null, v.version, count(*)
                from document_entry e join patient_version v using (patient_key) where e.entry_uuid = any(
                """)
            text.appendInterpolation(ids)
            text.appendLiteral(") group by v.patient_key")
        }
    }

    /// How many objects are named.
    var named: Int64 {
        switch self {
        case .patient: 1
        case .entries(let ids): Int64(Set(ids).count)
        }
    }
}

/// The rows of a stored query.
struct StoredQueryRows {
    let result: PostgresResult
    /// Rows of objects: patient, and id or fragment; nothing in the place of one that is hidden.
    let objects: [Int]
    /// The versions they rest on; `nil` where the answer must not be kept.
    let versions: [PatientVersion]?

    /// Rows of objects alone.
    init(_ result: PostgresResult) {
        self.result = result
        objects = Array(0..<result.rowCount)
        versions = nil
    }

    /// Rows of objects and of versions. What is named and not known may turn up anywhere, so all that is named has to be there.
    init(_ result: PostgresResult, basis: StoredQuery.Basis) throws {
        self.result = result
        var objects: [Int] = []
        objects.reserveCapacity(result.rowCount)
        var versions: [PatientVersion] = []
        var known: Int64 = 0
        for row in 0..<result.rowCount {
            guard let version = try result.decode(UUID?.self, row: row, column: 2) else {
                objects.append(row)
                continue
            }
            versions.append(
                PatientVersion(patientKey: try result.decode(Int64.self, row: row, column: 0), version: version))
            known += try result.decode(Int64.self, row: row, column: 3)
        }
        self.objects = objects
        self.versions = known == basis.named ? versions : nil
    }
}
