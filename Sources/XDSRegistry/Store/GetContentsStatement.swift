import XDSMetadata

/// A SubmissionSet or Folder with what it holds. An Association is shown only if both its ends are.
///
/// - Source: ITI TF-2: 3.18.4.1.2.3.7.10 and 3.18.4.1.2.3.7.11.
enum GetContentsStatement {
    /// The set; its entries that pass the filters; its folders; the Associations between these that are members of the
    /// set; the memberships of all of them in the set.
    ///
    /// Memberships in a set are its history and count whatever their status.
    static func append(
        _ get: GetSubmissionSetAndContents, _ returnType: AdhocQueryRequest.ReturnType,
        to statement: inout StatementText
    ) {
        let view = ObjectView(returnType, get.metadataLevel)
        let members = "any(array(select target_object from members))"
        statement.append("with sets as (")
        statement.select(.submissionSet, view)
        statement.require(get.selection, of: "s")
        statement.append("), members as (")
        statement.select(.association, view)
        statement.append(" and a.source_object = any(array(select entry_uuid from sets))")
        statement.requireMembership()
        statement.append("), entries as (")
        statement.select(.documentEntry, view)
        statement.append(" and e.entry_uuid = \(members)")
        statement.require(get.filter)
        statement.append("), folders as (")
        statement.select(.folder, view)
        statement.append(" and f.entry_uuid = \(members)")
        statement.append("), ids as (select entry_uuid from entries union all select entry_uuid from folders)")
        statement.append(", links as (")
        statement.select(.association, view)
        statement.append(" and a.entry_uuid = \(members)")
        statement.append(" and a.source_object = any(array(select entry_uuid from ids))")
        statement.append(" and a.target_object = any(array(select entry_uuid from ids))")
        statement.append("), memberships as (select * from members where target_object in ")
        statement.append("(select entry_uuid from ids union all select entry_uuid from links)) ")
        statement.selectAll(from: "sets", "entries", "folders", "links", "memberships")
    }

    /// The folder, or all its versions; its entries that pass the filters; the memberships of these.
    static func append(
        _ get: GetFolderAndContents, _ returnType: AdhocQueryRequest.ReturnType, to statement: inout StatementText
    ) {
        let view = ObjectView(returnType, get.metadataLevel)
        statement.append("with folders as (")
        statement.select(.folder, view)
        statement.require(get.selection, of: "f")
        statement.append("), members as (")
        statement.select(.association, view)
        statement.append(" and a.source_object = any(array(select entry_uuid from folders))")
        statement.requireMembership()
        statement.require(get.associationStatuses, of: "a")
        statement.append("), entries as (")
        statement.select(.documentEntry, view)
        statement.append(" and e.entry_uuid = any(array(select target_object from members))")
        statement.require(get.filter)
        statement.append("), memberships as (select * from members where target_object in ")
        statement.append("(select entry_uuid from entries)) ")
        statement.selectAll(from: "folders", "entries", "memberships")
    }
}
