import XDSMetadata

/// FindSubmissionSets and FindFolders, the latter for one patient and for several.
///
/// - Source: ITI TF-2: 3.18.4.1.2.3.7.2, 3.18.4.1.2.3.7.3 and 3.51.4.1.2.
enum FindPackagesStatement {
    static func append(
        _ find: FindSubmissionSets, _ returnType: AdhocQueryRequest.ReturnType, to statement: inout StatementText
    ) {
        statement.select(.submissionSet, ObjectView(returnType))
        statement.require(patient: find.patientId, of: "s")
        statement.require(find.statuses, of: "s")
        if !find.sourceIds.isEmpty { statement.append(" and s.source_id = any(", find.sourceIds, ")") }
        statement.require("s.submission_time", in: find.submissionTime)
        statement.require("s.content_type_code", oneOf: find.contentTypeCodes)
        statement.require("s.author_persons", like: find.authorPerson.map { [$0] } ?? [])
    }

    static func append(
        _ find: FindFolders, _ returnType: AdhocQueryRequest.ReturnType, to statement: inout StatementText
    ) {
        statement.select(.folder, ObjectView(returnType, find.metadataLevel))
        statement.require(patient: find.patientId, of: "f")
        statement.require(find.statuses, of: "f")
        append(find.filter, to: &statement)
    }

    static func append(
        _ find: FindFoldersForMultiplePatients, _ returnType: AdhocQueryRequest.ReturnType,
        to statement: inout StatementText
    ) {
        statement.select(.folder, ObjectView(returnType, find.metadataLevel))
        statement.require(patients: find.patientIds, of: "f")
        statement.require(find.statuses, of: "f")
        append(find.filter, to: &statement)
    }

    private static func append(_ filter: FolderFilter, to statement: inout StatementText) {
        statement.require("f.last_update_time", in: filter.lastUpdateTime)
        for group in filter.codeGroups { statement.require("f.codes", overlapping: group) }
    }
}
