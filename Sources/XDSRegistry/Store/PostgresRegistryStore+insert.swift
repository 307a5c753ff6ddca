import FoundationEssentials
import PostgresKit
import XDSMetadata

/// Writes what the validator let through: new rows, and what they do to rows that are there.
extension PostgresRegistryStore {
    func insert(
        _ submission: ValidatedSubmission, submittedBy organisation: String, in transaction: PostgresTransaction
    ) async throws {
        // An id that is no UUID would be null here, and the database refuses it; nothing is left out silently.
        let set = submission.submissionSet.object.entryUUID.uuid
        var statements = [Self.insertion(of: submission.submissionSet, by: organisation)]
        statements += submission.documentEntries.map { Self.insertion(of: $0, in: set, by: organisation) }
        statements += submission.folders.map { Self.insertion(of: $0, in: set) }
        statements += submission.associations.map { Self.insertion(of: $0, in: set) }
        if !submission.deprecatedDocuments.isEmpty {
            statements.append(Self.deprecation(of: submission.deprecatedDocuments))
        }
        if !submission.updatedFolders.isEmpty {
            statements.append(Self.update(of: submission.updatedFolders, at: submission.registrationTime))
        }
        try await transaction.executeAndCommit(statements)
    }

    // MARK: New objects

    static func insertion(of registered: Registered<SubmissionSet>, by organisation: String) -> PostgresQuery {
        let set = registered.object
        return """
            insert into submission_set (entry_uuid, patient_key, status, unique_id, source_id, submission_time,
                content_type_code, author_persons, submitted_by, fragment)
            values (\(set.entryUUID.uuid), (select patient_key from patient where patient_id = \(set.patientId.cx)),
                'Approved', \(set.uniqueId.text), \(set.sourceId.text), \(set.submissionTime.lowerBound),
                \(set.contentTypeCode.key), \(persons(set.authors)), \(organisation), \(registered.fragment))
            """
    }

    static func insertion(
        of registered: Registered<DocumentEntry>, in set: UUID?, by organisation: String
    ) -> PostgresQuery {
        let entry = registered.object
        let logicalID = entry.logicalID?.uuid ?? entry.entryUUID.uuid
        let status = entry.availabilityStatus ?? .approved
        return """
            insert into document_entry (entry_uuid, logical_id, version, patient_key, object_type, status, unique_id,
                repository_unique_id, hash, size, class_code, type_code, format_code, practice_setting_code,
                healthcare_facility_type_code, confidentiality_codes, event_codes, creation_time, service_start_time,
                service_stop_time, author_persons, author_institutions, title, reference_ids, availability,
                submission_set, submitted_by, fragment)
            values (\(entry.entryUUID.uuid), \(logicalID), \(Int32(entry.version ?? 1)),
                (select patient_key from patient where patient_id = \(entry.patientId.cx)),
                \(entry.objectType.label)::text::document_entry_type, \(status.label)::text::availability_status,
                \(entry.uniqueId.text), \(entry.repositoryUniqueId.text), \(entry.content?.hash.bytes),
                \(entry.content?.size),
                \(entry.codes.classCode.key), \(entry.codes.typeCode.key), \(entry.codes.formatCode.key),
                \(entry.codes.practiceSettingCode.key), \(entry.codes.healthcareFacilityTypeCode.key),
                \(entry.codes.confidentialityCodes.map(\.key)), \(entry.codes.eventCodes.map(\.key)),
                \(entry.times.creationTime?.lowerBound), \(entry.times.serviceStartTime?.lowerBound),
                \(entry.times.serviceStopTime?.lowerBound), \(persons(entry.authors)), \(institutions(entry.authors)),
                \(entry.title), \(entry.referenceIds.map(\.text)),
                \(entry.documentAvailability.label)::text::document_availability, \(set), \(organisation),
                \(registered.fragment))
            """
    }

    static func insertion(of registered: Registered<Folder>, in set: UUID?) -> PostgresQuery {
        let folder = registered.object
        let logicalID = folder.logicalID?.uuid ?? folder.entryUUID.uuid
        return """
            insert into folder (entry_uuid, logical_id, version, patient_key, status, unique_id, codes, last_update_time,
                submission_set, fragment)
            values (\(folder.entryUUID.uuid), \(logicalID), \(Int32(folder.version ?? 1)),
                (select patient_key from patient where patient_id = \(folder.patientId.cx)), 'Approved',
                \(folder.uniqueId.text), \(folder.codes.map(\.key)), \(folder.lastUpdateTime?.lowerBound), \(set),
                \(registered.fragment))
            """
    }

    static func insertion(of registered: Registered<Association>, in set: UUID?) -> PostgresQuery {
        let association = registered.object
        return """
            insert into association (entry_uuid, association_type, source_object, target_object, status, submission_set,
                fragment)
            values (\(association.entryUUID.uuid), \(association.type.rawValue), \(association.source.uuid),
                \(association.target.uuid), 'Approved', \(set), \(registered.fragment))
            """
    }

    /// authorPerson values as they are matched by author patterns: the whole text of each.
    private static func persons(_ authors: [Author]) -> [String] {
        authors.compactMap(\.person?.text)
    }

    /// authorInstitution values as they are matched: the whole text of each.
    private static func institutions(_ authors: [Author]) -> [String] {
        authors.flatMap { $0.institutions.map(\.text) }
    }

    // MARK: Objects that are there

    private static func deprecation(of entries: [UUID]) -> PostgresQuery {
        change(of: .documentEntry, entries, from: .approved, to: .deprecated)
    }

    /// The status is the first attribute of a fragment, so its change is an exchange of the beginning. Objects that have
    /// another status by now are left alone.
    ///
    /// - Parameter superseding: whether they are the latest version no longer.
    static func change(
        of kind: ObjectKind, _ ids: [UUID], from: AvailabilityStatus, to: AvailabilityStatus, superseding: Bool = false
    ) -> PostgresQuery {
        let before = "<\(kind.element) status=\"\(from.rawValue)\""
        let after = "<\(kind.element) status=\"\(to.rawValue)\""
        return """
            update \(unescaped: kind.table) set status = '\(unescaped: to.label)',
                \(unescaped: superseding ? "latest = false," : "")
                fragment = '\(unescaped: after)' || substr(fragment, \(unescaped: String(before.count + 1)))
            where entry_uuid = any(\(ids)) and status = '\(unescaped: from.label)'
            """
    }

    /// lastUpdateTime is a Slot whose value the registry wrote itself, so its form in the fragment is known; a slotType
    /// is left as the sender gave it.
    static func update(of folders: [UUID], at time: DTM) -> PostgresQuery {
        let slot =
            "(<rim:Slot name=\"\(SlotName.lastUpdateTime)\"(?: slotType=\"[^\"]*\")?><rim:ValueList><rim:Value>)[0-9]+"
        return """
            update folder set last_update_time = \(time.lowerBound),
                fragment = regexp_replace(fragment, '\(unescaped: slot)', '\\1' || \(time.text))
            where entry_uuid = any(\(folders))
            """
    }
}
