import PostgresKit
import XDSMetadata

/// What a statement of the query path returns: ids for ObjectRef, finished fragments for LeafClass.
///
/// Each row also carries the patient key, so that the single-patient rule (ITI TF-2: 3.18.4.1.2.3.4) is checked without
/// a second statement.
enum StoredQueryStatement {
    /// The statement of a query in a shape for its return type.
    static func make(
        _ query: StoredQuery, returning returnType: AdhocQueryRequest.ReturnType, limit: Int
    ) -> PostgresQuery {
        var statement =
            switch query {
            case .findDocuments(let query): FindDocumentsStatement.make(query, returning: returnType)
            case .getDocuments(let query): GetDocumentsStatement.make(query, returning: returnType)
            }
        statement.append(" limit ", Int64(limit))
        return statement.query
    }

    /// The columns for a return type; `patient_key` first.
    static func columns(_ returnType: AdhocQueryRequest.ReturnType) -> String {
        switch returnType {
        case .objectRef: "patient_key, entry_uuid"
        case .leafClass: "patient_key, fragment"
        }
    }
}
