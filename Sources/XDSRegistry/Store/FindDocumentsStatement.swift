import XDSMetadata

/// FindDocuments and its kin, for one patient and for several.
///
/// - Source: ITI TF-2: 3.18.4.1.2.3.7.1, 3.18.4.1.2.3.7.14 and 3.51.4.1.2. All filters are joined by AND. An entry without
///   serviceStartTime or serviceStopTime passes that range (3.18.4.1.2.3.3.1); creationTime does not limit on-demand
///   entries.
enum FindDocumentsStatement {
    static func append(
        _ find: FindDocuments, _ returnType: AdhocQueryRequest.ReturnType, to statement: inout StatementText
    ) {
        statement.select(.documentEntry, ObjectView(returnType, find.metadataLevel))
        statement.require(patient: find.patientId, of: "e")
        statement.require(find.statuses, of: "e")
        statement.require(find.filter)
    }

    static func append(
        _ query: FindDocumentsExclude, _ returnType: AdhocQueryRequest.ReturnType, to statement: inout StatementText
    ) {
        append(query.find, returnType, to: &statement)
        let exclusion = query.exclusion
        let single = [
            ("class_code", exclusion.classCodes), ("type_code", exclusion.typeCodes),
            ("practice_setting_code", exclusion.practiceSettingCodes),
            ("healthcare_facility_type_code", exclusion.healthcareFacilityTypeCodes),
            ("format_code", exclusion.formatCodes),
        ]
        for (column, codes) in single where !codes.isEmpty {
            statement.append(" and e.\(column) <> all(", codes.map(\.key), ")")
        }
        let lists = [("event_codes", exclusion.eventCodes), ("confidentiality_codes", exclusion.confidentialityCodes)]
        for (column, codes) in lists where !codes.isEmpty {
            statement.append(" and not e.\(column) && ", codes.map(\.key))
        }
        statement.exclude("e.author_persons", like: exclusion.authorPersons)
        statement.exclude("e.reference_ids", like: exclusion.referenceIds)
    }

    static func append(
        _ query: FindDocumentsByTitle, _ returnType: AdhocQueryRequest.ReturnType, to statement: inout StatementText
    ) {
        append(query.find, returnType, to: &statement)
        statement.require("array[e.title]", like: query.titles)
        statement.require("e.author_institutions", like: query.authorInstitutions)
    }

    static func append(
        _ find: FindDocumentsForMultiplePatients, _ returnType: AdhocQueryRequest.ReturnType,
        to statement: inout StatementText
    ) {
        statement.select(.documentEntry, ObjectView(returnType, find.metadataLevel))
        statement.require(patients: find.patientIds, of: "e")
        statement.require(find.statuses, of: "e")
        statement.require(find.filter)
        guard find.patientIds.isEmpty else { return }
        // The indexes on these lists leave out entries with an empty one.
        if !find.filter.eventCodeGroups.isEmpty { statement.append(" and e.event_codes <> '{}'") }
        if !find.filter.referenceIdGroups.isEmpty { statement.append(" and e.reference_ids <> '{}'") }
    }
}
