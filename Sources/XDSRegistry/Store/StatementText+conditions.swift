import XDSMetadata

/// Conditions of stored queries. Each begins with ` and`; one without values limits nothing and adds nothing.
extension StatementText {
    // MARK: Which objects

    /// The object belongs to the patient. A subsumed id has no objects, they belong to its survivor.
    mutating func require(patient: PatientID, of row: String) {
        append(
            " and \(row).patient_key = (select patient_key from patient where patient_id = ", patient.cx,
            " and status = 'active')")
    }

    /// The object belongs to one of the patients; to any if none is given.
    mutating func require(patients: [PatientID], of row: String) {
        guard !patients.isEmpty else { return }
        append(
            " and \(row).patient_key = any(array(select patient_key from patient where patient_id = any(",
            patients.map(\.cx), ") and status = 'active'))")
    }

    /// The object is selected by one of its ids.
    mutating func require(_ selection: ObjectSelection, of row: String) {
        switch selection {
        case .entryUUIDs(let ids): append(" and \(row).entry_uuid = any(", ids, ")")
        case .uniqueIds(let ids): append(" and \(row).unique_id = any(", ids, ")")
        case .logicalIDs(let ids): append(" and \(row).logical_id = any(", ids, ")")
        }
    }

    /// The object has one of the statuses. One status is a constant: the index by patient has it as a column, and an
    /// ObjectRef answer then needs nothing but the index.
    mutating func require(_ statuses: Set<AvailabilityStatus>, of row: String) {
        guard statuses.count == 1, let status = statuses.first else { return }
        append(" and \(row).status = '\(status.label)'")
    }

    /// The Association is a membership.
    mutating func requireMembership() {
        append(" and a.association_type = '\(AssociationType.hasMember.rawValue)'")
    }

    // MARK: Filters

    /// Filters of DocumentEntries.
    mutating func require(_ filter: DocumentEntryFilter) {
        require(filter.types)
        require("e.class_code", oneOf: filter.classCodes)
        require("e.type_code", oneOf: filter.typeCodes)
        require("e.practice_setting_code", oneOf: filter.practiceSettingCodes)
        require("e.healthcare_facility_type_code", oneOf: filter.healthcareFacilityTypeCodes)
        require("e.format_code", oneOf: filter.formatCodes)
        for group in filter.eventCodeGroups { require("e.event_codes", overlapping: group) }
        for group in filter.confidentialityCodeGroups { require("e.confidentiality_codes", overlapping: group) }
        require("e.creation_time", in: filter.creationTime, unless: "e.object_type = 'OnDemand'")
        require("e.service_start_time", in: filter.serviceStartTime, unless: "e.service_start_time is null")
        require("e.service_stop_time", in: filter.serviceStopTime, unless: "e.service_stop_time is null")
        require("e.author_persons", like: filter.authorPersons)
        for group in filter.referenceIdGroups { require("e.reference_ids", like: group) }
        if let availability = filter.availability {
            append(
                " and e.availability = any(", availability.map(\.label).sorted(), "::text[]::document_availability[])")
        }
    }

    /// Kinds of DocumentEntries, as constants like the statuses.
    private mutating func require(_ types: Set<DocumentEntryType>) {
        switch types.count {
        case 0: append(" and false")
        case 1: append(" and e.object_type = '\(types.first?.label ?? "")'")
        default: break
        }
    }

    /// The code is one of these.
    mutating func require(_ column: String, oneOf codes: [CodedValue]) {
        guard !codes.isEmpty else { return }
        append(" and \(column) = any(", codes.map(\.key), ")")
    }

    /// The list has one of these codes.
    mutating func require(_ column: String, overlapping codes: [CodedValue]) {
        append(" and \(column) && ", codes.map(\.key))
    }

    /// The time is in the range, or the row is exempt.
    mutating func require(_ column: String, in range: DTMRange, unless exemption: String = "false") {
        guard !range.isUnlimited else { return }
        append(" and (\(exemption) or (true")
        if let from = range.from { append(" and \(column) >= ", from) }
        if let to = range.to { append(" and \(column) < ", to) }
        append("))")
    }

    /// A text of the list fits a pattern. Patterns without a wildcard are compared as values, which an index can do.
    mutating func require(_ column: String, like patterns: [LikePattern]) {
        guard !patterns.isEmpty else { return }
        append(" and ")
        match(column, patterns)
    }

    /// No text of the list fits a pattern.
    mutating func exclude(_ column: String, like patterns: [LikePattern]) {
        guard !patterns.isEmpty else { return }
        append(" and not ")
        match(column, patterns)
    }

    /// XDS patterns have no escape character.
    private mutating func match(_ column: String, _ patterns: [LikePattern]) {
        if patterns.allSatisfy(\.isLiteral) {
            append("\(column) && ", patterns.map(\.text))
        } else {
            append(
                "exists (select from unnest(\(column)) as value (text), unnest(", patterns.map(\.text),
                "::text[]) as pattern (text) where value.text like pattern.text escape '')")
        }
    }
}
