import FoundationEssentials
import PostgresKit
import XDSMetadata

/// Rows of new objects, each with its finished ebRIM XML; several of a table are written by one statement.
struct NewRows {
    private var submissionSets: [PostgresFragment] = []
    private var documentEntries: [PostgresFragment] = []
    private var folders: [PostgresFragment] = []
    private var associations: [PostgresFragment] = []

    /// Adds all objects of a submission.
    mutating func add(_ submission: ValidatedSubmission, submittedBy organisation: String) {
        // An id that is no UUID would be null here, and the database refuses it; nothing is left out silently.
        let set = submission.submissionSet.object.entryUUID.uuid
        add(submission.submissionSet, submittedBy: organisation)
        for entry in submission.documentEntries { add(entry, in: set, submittedBy: organisation) }
        for folder in submission.folders { add(folder, in: set) }
        for association in submission.associations { add(association, in: set) }
    }

    mutating func add(_ registered: Registered<SubmissionSet>, submittedBy organisation: String) {
        let set = registered.object
        submissionSets.append(
            """
            (\(set.entryUUID.uuid), (select patient_key from patient where patient_id = \(set.patientId.cx)),
            'Approved', \(set.uniqueId.text), \(set.sourceId.text), \(set.submissionTime.lowerBound),
            \(set.contentTypeCode.key), \(Self.persons(set.authors)), \(organisation), \(registered.fragment))
            """)
    }

    mutating func add(
        _ registered: Registered<DocumentEntry>, in set: UUID?, submittedBy organisation: String
    ) {
        let entry = registered.object
        let logicalID = entry.logicalID?.uuid ?? entry.entryUUID.uuid
        let status = entry.availabilityStatus ?? .approved
        documentEntries.append(
            """
            (\(entry.entryUUID.uuid), \(logicalID), \(Int32(entry.version ?? 1)),
            (select patient_key from patient where patient_id = \(entry.patientId.cx)),
            \(entry.objectType.label)::text::document_entry_type, \(status.label)::text::availability_status,
            \(entry.uniqueId.text), \(entry.repositoryUniqueId.text), \(entry.content?.hash.bytes),
            \(entry.content?.size),
            \(entry.codes.classCode.key), \(entry.codes.typeCode.key), \(entry.codes.formatCode.key),
            \(entry.codes.practiceSettingCode.key), \(entry.codes.healthcareFacilityTypeCode.key),
            \(entry.codes.confidentialityCodes.map(\.key)), \(entry.codes.eventCodes.map(\.key)),
            \(entry.times.creationTime?.lowerBound), \(entry.times.serviceStartTime?.lowerBound),
            \(entry.times.serviceStopTime?.lowerBound), \(Self.persons(entry.authors)),
            \(Self.institutions(entry.authors)), \(entry.title), \(entry.referenceIds.map(\.text)),
            \(entry.documentAvailability.label)::text::document_availability, \(set), \(organisation),
            \(registered.fragment))
            """)
    }

    mutating func add(_ registered: Registered<Folder>, in set: UUID?) {
        let folder = registered.object
        let logicalID = folder.logicalID?.uuid ?? folder.entryUUID.uuid
        folders.append(
            """
            (\(folder.entryUUID.uuid), \(logicalID), \(Int32(folder.version ?? 1)),
            (select patient_key from patient where patient_id = \(folder.patientId.cx)), 'Approved',
            \(folder.uniqueId.text), \(folder.codes.map(\.key)), \(folder.lastUpdateTime?.lowerBound), \(set),
            \(registered.fragment))
            """)
    }

    mutating func add(_ registered: Registered<Association>, in set: UUID?) {
        let association = registered.object
        associations.append(
            """
            (\(association.entryUUID.uuid), \(association.type.rawValue), \(association.source.uuid),
            \(association.target.uuid), 'Approved', \(set), \(registered.fragment))
            """)
    }

    /// authorPerson values as they are matched by author patterns: the whole text of each.
    private static func persons(_ authors: [Author]) -> [String] {
        authors.compactMap(\.person?.text)
    }

    /// authorInstitution values as they are matched: the whole text of each.
    private static func institutions(_ authors: [Author]) -> [String] {
        authors.flatMap { $0.institutions.map(\.text) }
    }

    // MARK: Statements

    /// The statements that write the rows, what others refer to first.
    var insertions: [PostgresQuery] {
        Self.parts(of: submissionSets).map { rows in
            """
            insert into submission_set (entry_uuid, patient_key, status, unique_id, source_id, submission_time,
                content_type_code, author_persons, submitted_by, fragment)
            values \(rows)
            """
        }
            + Self.parts(of: documentEntries).map { rows in
                """
                insert into document_entry (entry_uuid, logical_id, version, patient_key, object_type, status, unique_id,
                    repository_unique_id, hash, size, class_code, type_code, format_code, practice_setting_code,
                    healthcare_facility_type_code, confidentiality_codes, event_codes, creation_time,
                    service_start_time, service_stop_time, author_persons, author_institutions, title, reference_ids,
                    availability, submission_set, submitted_by, fragment)
                values \(rows)
                """
            }
            + Self.parts(of: folders).map { rows in
                """
                insert into folder (entry_uuid, logical_id, version, patient_key, status, unique_id, codes,
                    last_update_time, submission_set, fragment)
                values \(rows)
                """
            }
            + Self.parts(of: associations).map { rows in
                """
                insert into association (entry_uuid, association_type, source_object, target_object, status,
                    submission_set, fragment)
                values \(rows)
                """
            }
    }

    /// Parts of a power of two, 16 at most: few texts, so that each is prepared once on a connection.
    private static func parts(of rows: [PostgresFragment]) -> [[PostgresFragment]] {
        var parts: [[PostgresFragment]] = []
        var rest = rows[...]
        while !rest.isEmpty {
            let powerOfTwo = 1 << (Int.bitWidth - 1 - rest.count.leadingZeroBitCount)
            let size = min(powerOfTwo, largestPart)
            parts.append(Array(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        return parts
    }

    private static let largestPart = 16
}
