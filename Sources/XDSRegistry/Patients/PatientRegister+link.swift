import FoundationEssentials
import PostgresKit
public import XDSMetadata

extension PatientRegister {
    /// Moves the DocumentEntries of a local id from one patient to another, as new versions in a new SubmissionSet.
    ///
    /// - Source: ITI TF-2: 3.64.4.1.3; see ``LinkChangeEffects``.
    /// - Returns: how many entries moved.
    /// - Throws: PatientChangeRefusal, and nothing has changed then.
    public func change(_ link: LinkChange, origin: Origin) async throws -> Int {
        try await retryingConflicts {
            try await client.withTransaction { transaction in
                let standing = try await Self.lock([link.previous, link.new], in: transaction)
                let new = try Self.active(link.new, .survivor, in: standing)
                let previous = try Self.active(link.previous, .subsumed, in: standing)
                guard new != previous, let effects = try await Self.effects(of: link, on: previous, in: transaction)
                else { return 0 }
                let moved = effects.versions.count
                try await transaction.executeAndCommit(
                    Self.statements(effects, for: new, origin) + [
                        Self.event("link moved away", of: previous, with: new, objects: moved, origin),
                        Self.event("link moved here", of: new, with: previous, objects: moved, origin),
                    ])
                return moved
            }
        }
    }

    /// Reads the latest versions of the patient's entries, and locks them and their Folders: who changes an Association
    /// holds the locks of both of its ends.
    private static func effects(
        of link: LinkChange, on patient: Int64, in transaction: PostgresTransaction
    ) async throws -> LinkChangeEffects? {
        let relationships = AssociationType.allCases.filter(\.isRelationship).map(\.rawValue)
        let results = try await transaction.execute([
            """
            select entry_uuid, version, fragment from document_entry
            where patient_key = \(patient) and latest order by entry_uuid for update
            """,
            """
            select entry_uuid from folder where entry_uuid in (
                select a.source_object from association a join document_entry e on e.entry_uuid = a.target_object
                where e.patient_key = \(patient) and e.latest and a.status = 'Approved')
            order by entry_uuid for no key update
            """,
            """
            with mine as (select entry_uuid from document_entry where patient_key = \(patient) and latest)
            select a.fragment from association a
            where a.status = 'Approved'
                and (a.source_object = any(array(select entry_uuid from mine))
                    or a.target_object = any(array(select entry_uuid from mine)))
                and (a.association_type = any(\(relationships)) or exists (
                    select from folder f where f.entry_uuid = a.source_object))
            """,
        ])
        let entries = try results[0].map { row in
            try LinkChangeEffects.StoredEntry(
                entryUUID: row.decode(UUID.self, column: 0), version: Int(row.decode(Int32.self, column: 1)),
                fragment: row.decode(String.self, column: 2))
        }
        let associations = try results[2].map { try $0.decode(String.self, column: 0) }
        return try LinkChangeEffects(
            of: link, on: entries, associations: associations, at: .now)
    }

    private static func statements(
        _ effects: LinkChangeEffects, for patient: Int64, _ origin: Origin
    ) -> [PostgresQuery] {
        let set = effects.submissionSet.object.entryUUID.uuid
        var rows = NewRows()
        rows.add(effects.submissionSet, submittedBy: origin.organisation)
        for association in effects.associations { rows.add(association, in: set) }
        var statements = rows.insertions + effects.versions.map { version(of: $0, for: patient, in: set) }
        statements.append(deprecation(of: effects.versions.map(\.previous)))
        if !effects.deprecatedAssociations.isEmpty {
            statements.append(deprecation(ofAssociations: effects.deprecatedAssociations))
        }
        return statements
    }

    /// A new version is the row before it but for what changes, so that no column is forgotten.
    private static func version(
        of version: LinkChangeEffects.Version, for patient: Int64, in set: UUID?
    ) -> PostgresQuery {
        """
        insert into document_entry
        select changed.* from document_entry e, lateral jsonb_populate_record(e, jsonb_build_object(
            'entry_uuid', \(version.entryUUID), 'version', e.version + 1, 'patient_key', \(patient),
            'submission_set', \(set), 'registered_at', now(), 'fragment', \(version.fragment))) as changed
        where e.entry_uuid = \(version.previous)
        """
    }

    private static func deprecation(of versions: [UUID]) -> PostgresQuery {
        let before = "<rim:ExtrinsicObject status=\"\(AvailabilityStatus.approved.rawValue)\""
        let after = "<rim:ExtrinsicObject status=\"\(AvailabilityStatus.deprecated.rawValue)\""
        return """
            update document_entry set latest = false, status = 'Deprecated', fragment = case when status = 'Approved'
                then '\(unescaped: after)' || substr(fragment, \(unescaped: String(before.count + 1)))
                else fragment end
            where entry_uuid = any(\(versions))
            """
    }

    private static func deprecation(ofAssociations ids: [UUID]) -> PostgresQuery {
        let before = "<rim:Association status=\"\(AvailabilityStatus.approved.rawValue)\""
        let after = "<rim:Association status=\"\(AvailabilityStatus.deprecated.rawValue)\""
        return """
            update association set status = 'Deprecated',
                fragment = '\(unescaped: after)' || substr(fragment, \(unescaped: String(before.count + 1)))
            where entry_uuid = any(\(ids)) and status = 'Approved'
            """
    }
}
