import XDSMetadata

/// GetAll: three kinds of objects of a patient, and the Associations with an end among them.
///
/// - Source: ITI TF-2: 3.18.4.1.2.3.7.4.
enum GetAllStatement {
    static func append(
        _ get: GetAll, _ returnType: AdhocQueryRequest.ReturnType, to statement: inout StatementText
    ) {
        let view = ObjectView(returnType, get.metadataLevel)
        statement.append("with sets as (")
        statement.select(.submissionSet, view)
        statement.require(patient: get.patientId, of: "s")
        statement.require(get.submissionSetStatuses, of: "s")
        statement.append("), entries as (")
        statement.select(.documentEntry, view)
        statement.require(patient: get.patientId, of: "e")
        statement.require(get.documentEntryStatuses, of: "e")
        statement.require(get.filter)
        statement.append("), folders as (")
        statement.select(.folder, view)
        statement.require(patient: get.patientId, of: "f")
        statement.require(get.folderStatuses, of: "f")
        statement.append("), ids as (select entry_uuid from sets union all select entry_uuid from entries ")
        statement.append("union all select entry_uuid from folders), links as (")
        statement.select(.association, view)
        statement.requireEnd(in: "array(select entry_uuid from ids)")
        statement.require(get.associationStatuses, of: "a")
        statement.append(") ")
        statement.selectAll(from: "sets", "entries", "folders", "links")
    }
}
