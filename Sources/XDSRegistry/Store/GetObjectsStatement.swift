import XDSMetadata

/// Objects by their ids, and the Associations that touch given objects.
///
/// - Source: ITI TF-2: 3.18.4.1.2.3.7.5 to 3.18.4.1.2.3.7.8. Objects of any status and kind; unknown ids give no row.
enum GetObjectsStatement {
    static func append(
        _ get: GetDocuments, _ returnType: AdhocQueryRequest.ReturnType, to statement: inout StatementText
    ) {
        statement.select(.documentEntry, ObjectView(returnType, get.metadataLevel))
        statement.require(get.selection, of: "e")
    }

    static func append(
        _ get: GetFolders, _ returnType: AdhocQueryRequest.ReturnType, to statement: inout StatementText
    ) {
        statement.select(.folder, ObjectView(returnType, get.metadataLevel))
        statement.require(get.selection, of: "f")
    }

    static func append(
        _ get: GetAssociations, _ returnType: AdhocQueryRequest.ReturnType, to statement: inout StatementText
    ) {
        statement.append("with ids as (select unnest(", get.objects, "::uuid[]) as entry_uuid), links as (")
        statement.select(.association, ObjectView(returnType))
        statement.requireEnd(in: "array(select entry_uuid from ids)")
        statement.require(get.associationStatuses, of: "a")
        statement.append(") ")
        statement.selectAll(from: "links")
    }

    static func append(
        _ get: GetDocumentsAndAssociations, _ returnType: AdhocQueryRequest.ReturnType,
        to statement: inout StatementText
    ) {
        let view = ObjectView(returnType, get.metadataLevel)
        statement.append("with entries as (")
        statement.select(.documentEntry, view)
        statement.require(get.selection, of: "e")
        statement.append("), links as (")
        statement.select(.association, view)
        statement.requireEnd(in: "array(select entry_uuid from entries)")
        statement.require(get.associationStatuses, of: "a")
        statement.append(") ")
        statement.selectAll(from: "entries", "links")
    }
}

extension StatementText {
    /// Source or target of the Association is in the array.
    ///
    /// An array and no join: both indexes are asked for its values, and an Association with both ends in it comes once.
    mutating func requireEnd(in array: String) {
        append(" and (a.source_object = any(\(array)) or a.target_object = any(\(array)))")
    }
}
