import FoundationEssentials
import PostgresKit
import XDSMetadata

extension PostgresQuery.StringInterpolation {
    /// For behind `from`: rows of those of the versions that are not the patients' any more.
    ///
    /// A version is looked up by itself and not joined, so that each is one step by the index, also when the table was small when
    /// the statement was planned.
    mutating func appendInterpolation(outdated versions: [PatientVersion]) {
        appendLiteral("unnest(")
        appendInterpolation(versions.map(\.patientKey))
        appendLiteral(", ")
        appendInterpolation(versions.map(\.version))
        appendLiteral(
            """
            ) as held (patient_key, version)
            where (select v.version from patient_version v where v.patient_key = held.patient_key)
                is distinct from held.version
            """)
    }
}

extension PatientVersion {
    /// Finds those of the versions that are not the patients' any more.
    static func outdated(of versions: [PatientVersion]) -> PostgresQuery {
        "select patient_key, version from \(outdated: versions)"
    }

    /// Reads the rows of ``outdated(of:)``.
    static func read(_ rows: PostgresResult) throws(PostgresError) -> Set<PatientVersion> {
        Set(
            try rows.map { row throws(PostgresError) in
                PatientVersion(
                    patientKey: try row.decode(Int64.self, column: 0), version: try row.decode(UUID.self, column: 1))
            })
    }
}
