import PostgresKit
import XDSMetadata

/// One statement for each stored query: ids for ObjectRef, finished fragments for LeafClass.
///
/// Each row carries the patient key, so that the single-patient rule (ITI TF-2: 3.18.4.1.2.3.4) is checked without a
/// second statement; Associations have none. The rows are cut off before they are put in order: a query that finds too
/// much ends early. Order of an answer: SubmissionSets, DocumentEntries, Folders, Associations, each by time of
/// registration, then by id.
enum StoredQueryStatement {
    /// The statement of a query, in a shape for its return type.
    /// - Parameters:
    ///   - access: what the caller may see.
    ///   - hidden: what becomes of objects that the caller may not see.
    ///   - limit: rows at most.
    ///   - basis: what the answer rests on, if it is to be kept: there are rows of versions too then.
    static func make(
        _ query: StoredQuery, returning returnType: AdhocQueryRequest.ReturnType, access: AccessScope,
        hidden: Visibility.Hidden, limit: Int, unknownPatients: UnknownPatients, basis: StoredQuery.Basis? = nil
    ) -> PostgresQuery {
        let more = basis == nil ? "" : ", null::uuid, null::bigint"
        var statement = StatementText(
            "(select patient_key, item\(more) from (", Visibility(access, patient: query.patientId, hidden: hidden))
        append(query, returnType, to: &statement)
        statement.append(" limit ", Int64(limit), ") as found order by kind, registered_at, entry_uuid)")
        if unknownPatients == .error, let patient = query.patientId {
            // Without an active patient the part above is empty; this row tells it from a patient without objects.
            statement.append(
                " union all select null, null\(more) where not exists (select from patient where patient_id = ",
                patient.cx, " and status = 'active')")
        }
        if let basis {
            statement.append(" union all ")
            statement.append { basis.appendVersions(to: &$0) }
        }
        return statement.query
    }

    private static func append(
        _ query: StoredQuery, _ type: AdhocQueryRequest.ReturnType, to text: inout StatementText
    ) {
        switch query {
        case .findDocuments(let find): FindDocumentsStatement.append(find, type, to: &text)
        case .findDocumentsByReferenceId(let query): FindDocumentsStatement.append(query.find, type, to: &text)
        case .findDocumentsExclude(let find): FindDocumentsStatement.append(find, type, to: &text)
        case .findDocumentsByTitle(let find): FindDocumentsStatement.append(find, type, to: &text)
        case .findDocumentsForMultiplePatients(let find): FindDocumentsStatement.append(find, type, to: &text)
        case .findDocumentsByReferenceIdForMultiplePatients(let query):
            FindDocumentsStatement.append(query.find, type, to: &text)
        case .findSubmissionSets(let find): FindPackagesStatement.append(find, type, to: &text)
        case .findFolders(let find): FindPackagesStatement.append(find, type, to: &text)
        case .findFoldersForMultiplePatients(let find): FindPackagesStatement.append(find, type, to: &text)
        case .getAll(let get): GetAllStatement.append(get, type, to: &text)
        case .getDocuments(let get): GetObjectsStatement.append(get, type, to: &text)
        case .getFolders(let get): GetObjectsStatement.append(get, type, to: &text)
        case .getAssociations(let get): GetObjectsStatement.append(get, type, to: &text)
        case .getDocumentsAndAssociations(let get): GetObjectsStatement.append(get, type, to: &text)
        case .getSubmissionSets(let get): GetHoldersStatement.append(get, type, to: &text)
        case .getFoldersForDocument(let get): GetHoldersStatement.append(get, type, to: &text)
        case .getSubmissionSetAndContents(let get): GetContentsStatement.append(get, type, to: &text)
        case .getFolderAndContents(let get): GetContentsStatement.append(get, type, to: &text)
        case .getRelatedDocuments(let get): GetRelatedDocumentsStatement.append(get, type, to: &text)
        }
    }
}
