import FoundationEssentials
import PostgresKit
import XDSMetadata

extension PostgresQuery.StringInterpolation {
    /// For behind `from`: a row for each of the premises that is not true.
    ///
    /// Each is looked up by itself, by a subquery that gives a value and so cannot be turned into a join: it is one step by the index,
    /// also when the tables were small when the statement was planned.
    mutating func appendInterpolation(failing premises: [EventPremise]) {
        let versions = premises.versions
        appendLiteral("(select patient_key, version, null::uuid from unnest(")
        appendInterpolation(versions.map(\.patientKey))
        appendLiteral(", ")
        appendInterpolation(versions.map(\.version))
        appendLiteral(
            """
            ) as held (patient_key, version)
            where (select v.version from patient_version v where v.patient_key = held.patient_key)
                is distinct from held.version
            union all select null, null, entry_uuid from unnest(
            """)
        appendInterpolation(premises.submissionSets)
        appendLiteral(
            """
            ) as registered (entry_uuid)
            where (select s.entry_uuid from submission_set s where s.entry_uuid = registered.entry_uuid) is null
            ) as failing
            """)
    }
}

extension EventPremise {
    /// Finds those of the premises that are not true.
    static func failing(_ premises: [EventPremise]) -> PostgresQuery {
        "select * from \(failing: premises)"
    }

    /// Reads the rows of ``failing(_:)``.
    static func read(_ rows: PostgresResult) throws(PostgresError) -> Set<EventPremise> {
        Set(
            try rows.map { row throws(PostgresError) in
                if let submissionSet = try row.decode(UUID?.self, column: 2) { return .submissionSet(submissionSet) }
                return .version(
                    PatientVersion(
                        patientKey: try row.decode(Int64.self, column: 0),
                        version: try row.decode(UUID.self, column: 1)))
            })
    }
}
