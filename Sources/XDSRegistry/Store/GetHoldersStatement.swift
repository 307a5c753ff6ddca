import XDSMetadata

/// Packages that hold given objects.
///
/// - Source: ITI TF-2: 3.18.4.1.2.3.7.9 and 3.18.4.1.2.3.7.12.
enum GetHoldersStatement {
    /// SubmissionSets that hold one of the objects, and the memberships that say so.
    static func append(
        _ get: GetSubmissionSets, _ returnType: AdhocQueryRequest.ReturnType, to statement: inout StatementText
    ) {
        let view = ObjectView(returnType)
        statement.append("with members as (")
        statement.select(.association, view)
        statement.append(" and a.target_object = any(", get.objects, ")")
        statement.requireMembership()
        statement.append("), sets as (")
        statement.select(.submissionSet, view)
        statement.append(" and s.entry_uuid = any(array(select source_object from members))")
        // Memberships of folders are left out.
        statement.append("), links as (select * from members where source_object in (select entry_uuid from sets)) ")
        statement.selectAll(from: "sets", "links")
    }

    /// Folders that hold the document.
    static func append(
        _ get: GetFoldersForDocument, _ returnType: AdhocQueryRequest.ReturnType, to statement: inout StatementText
    ) {
        let view = ObjectView(returnType, get.metadataLevel)
        statement.append("with documents as (")
        statement.select(.documentEntry, view)
        statement.require(get.selection, of: "e")
        statement.append("), members as (")
        statement.select(.association, view)
        statement.append(" and a.target_object = any(array(select entry_uuid from documents))")
        statement.requireMembership()
        statement.require(get.associationStatuses, of: "a")
        statement.append("), folders as (")
        statement.select(.folder, view)
        statement.append(" and f.entry_uuid = any(array(select source_object from members))) ")
        statement.selectAll(from: "folders")
    }
}
