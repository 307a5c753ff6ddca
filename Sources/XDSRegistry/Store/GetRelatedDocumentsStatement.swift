import XDSMetadata

/// GetRelatedDocuments: relationships between the given document and another one, and both documents.
///
/// - Source: ITI TF-2: 3.18.4.1.2.3.7.13. A relationship counts if the entries at both its ends are shown, so the given
///   document appears when it has a relationship and there is no answer at all when it has none.
enum GetRelatedDocumentsStatement {
    static func append(
        _ get: GetRelatedDocuments, _ returnType: AdhocQueryRequest.ReturnType, to statement: inout StatementText
    ) {
        let view = ObjectView(returnType, get.metadataLevel)
        statement.append("with given as (")
        statement.select(.documentEntry, view)
        statement.require(get.selection, of: "e")
        statement.append("), relations as (")
        statement.select(.association, view)
        statement.requireEnd(in: "array(select entry_uuid from given)")
        statement.append(" and a.association_type = any(", get.associationTypes.map(\.rawValue).sorted(), ")")
        statement.require(get.associationStatuses, of: "a")
        statement.append("), candidates as (")
        statement.select(.documentEntry, view)
        statement.append(" and e.entry_uuid = any(array(")
        statement.append("select source_object from relations union select target_object from relations))")
        statement.require(get.filter)
        statement.append("), links as (select * from relations where source_object in ")
        statement.append("(select entry_uuid from candidates) and target_object in (select entry_uuid from candidates)")
        statement.append("), entries as (select * from candidates where entry_uuid in ")
        statement.append("(select source_object from links union all select target_object from links)) ")
        statement.selectAll(from: "entries", "links")
    }
}
