import XDSMetadata

/// GetDocuments as one statement.
///
/// - Source: ITI TF-2: 3.18.4.1.2.3.7.5. Entries of any status and kind; unknown ids give no row.
enum GetDocumentsStatement {
    static func make(_ get: GetDocuments, returning returnType: AdhocQueryRequest.ReturnType) -> StatementText {
        var statement = StatementText("select \(StoredQueryStatement.columns(returnType)) from document_entry where ")
        switch get.selection {
        case .entryUUIDs(let ids): statement.append("entry_uuid = any(", ids, ")")
        case .uniqueIds(let ids): statement.append("unique_id = any(", ids, ")")
        case .logicalIDs(let ids): statement.append("logical_id = any(", ids, ")")
        }
        if get.metadataLevel == .latest { statement.append(" and latest") }
        return statement
    }
}
