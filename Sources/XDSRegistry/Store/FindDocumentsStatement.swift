import XDSMetadata

/// FindDocuments as one statement.
///
/// - Source: ITI TF-2: 3.18.4.1.2.3.7.1. All filters are joined by AND. An entry without serviceStartTime or serviceStopTime
///   passes that range (3.18.4.1.2.3.3.1); creationTime does not limit on-demand entries.
enum FindDocumentsStatement {
    static func make(_ find: FindDocuments, returning returnType: AdhocQueryRequest.ReturnType) -> StatementText {
        var statement = StatementText("select \(StoredQueryStatement.columns(returnType)) from document_entry where ")
        statement.append(
            "patient_key = (select patient_key from patient where patient_id = ", find.patientId.cx,
            " and status = 'active')")
        appendStatus(find, to: &statement)
        append("class_code", find.classCodes, to: &statement)
        append("type_code", find.typeCodes, to: &statement)
        append("practice_setting_code", find.practiceSettingCodes, to: &statement)
        append("healthcare_facility_type_code", find.healthcareFacilityTypeCodes, to: &statement)
        append("format_code", find.formatCodes, to: &statement)
        for group in find.eventCodeGroups { append(overlapping: "event_codes", group, to: &statement) }
        for group in find.confidentialityCodeGroups {
            append(overlapping: "confidentiality_codes", group, to: &statement)
        }
        append("creation_time", find.creationTime, unless: "object_type = 'OnDemand'", to: &statement)
        append("service_start_time", find.serviceStartTime, unless: "service_start_time is null", to: &statement)
        append("service_stop_time", find.serviceStopTime, unless: "service_stop_time is null", to: &statement)
        append(find.authorPersons, to: &statement)
        if let availability = find.availability {
            statement.append(
                " and availability = any(", availability.map(\.label).sorted(), "::text[]::document_availability[])")
        }
        return statement
    }

    /// Versions, statuses and kinds. The common cases are written as constants, because the partial index on the latest
    /// versions then answers them alone.
    private static func appendStatus(_ find: FindDocuments, to statement: inout StatementText) {
        if find.metadataLevel == .latest { statement.append(" and latest") }
        if let status = find.statuses.first, find.statuses.count == 1 {
            statement.append(" and status = '\(status.label)'")
        }
        switch find.types.count {
        case 0: statement.append(" and false")
        case 1: statement.append(" and object_type = '\(find.types.first?.label ?? "")'")
        default: break
        }
    }

    private static func append(_ column: String, _ codes: [CodedValue], to statement: inout StatementText) {
        guard !codes.isEmpty else { return }
        statement.append(" and \(column) = any(", codes.map(\.key), ")")
    }

    private static func append(overlapping column: String, _ codes: [CodedValue], to statement: inout StatementText) {
        statement.append(" and \(column) && ", codes.map(\.key))
    }

    private static func append(
        _ column: String, _ range: DTMRange, unless exemption: String, to statement: inout StatementText
    ) {
        guard !range.isUnlimited else { return }
        statement.append(" and (\(exemption) or (true")
        if let from = range.from { statement.append(" and \(column) >= ", from) }
        if let to = range.to { statement.append(" and \(column) < ", to) }
        statement.append("))")
    }

    /// Any author may match any pattern; XDS patterns have no escape character.
    private static func append(_ patterns: [LikePattern], to statement: inout StatementText) {
        guard !patterns.isEmpty else { return }
        statement.append(
            " and exists (select from unnest(author_persons) as author (person), unnest(", patterns.map(\.text),
            "::text[]) as pattern (text) where person like pattern.text escape '')")
    }
}
