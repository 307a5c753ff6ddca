import FoundationEssentials
import PostgresKit
import XDSMetadata

extension PostgresRegistryStore {
    /// Removes metadata, all objects of the request or none.
    ///
    /// One transaction under locks on the listed objects and on the ends of listed Associations. A registration that
    /// refers to one of them holds its lock too: it comes before and is seen here, or it finds the object gone.
    func remove(_ request: RemoveMetadataRequest, caller: Caller) async throws -> RegistryResponse {
        let ids = request.objectIds.compactMap(\.uuid)
        return try await answering {
            try await client.withTransaction { transaction in
                let state = try await removalState(of: ids, in: transaction, noting: caller.facts)
                let removal = try ValidatedRemoval(request, against: state, mayChange: caller.mayChange)
                try await transaction.executeAndCommit(Self.deletion(of: removal.objects))
                return []
            }
        }
    }

    // MARK: What is there

    /// - Parameter facts: takes the patients, who cannot be told from the objects any more when these are gone.
    private func removalState(
        of ids: [UUID], in transaction: PostgresTransaction, noting facts: TransactionFacts
    ) async throws -> RemovalState {
        var binds = PostgresBindings(capacity: 1)
        binds.append(ids)
        let lockOrder: [ObjectKind] = [.documentEntry, .folder, .submissionSet, .association]
        let results = try await transaction.execute(
            (lockOrder.map(Self.lockTouched) + [Self.touchedObjects, Self.touchingAssociations, Self.touchedPatients])
                .map { PostgresQuery(unescaped: Self.touched + $0, binds) })
        var state = RemovalState()
        for row in results[lockOrder.count] {
            guard let kind = try ObjectKind(rawValue: row.decode(String.self, column: 1)) else { continue }
            state.objects[try row.decode(UUID.self, column: 0)] = RemovalState.KnownObject(
                kind: kind, submitter: try row.decode(String?.self, column: 2))
        }
        for row in results[lockOrder.count + 1] {
            state.associations[try row.decode(UUID.self, column: 0)] = RemovalState.Ends(
                source: try row.decode(UUID.self, column: 1), target: try row.decode(UUID.self, column: 2))
        }
        for row in results[lockOrder.count + 2] { facts.note(patient: try row.decode(String.self, column: 0)) }
        return state
    }

    /// `touched`: the listed objects and the ends of listed Associations.
    private static let touched = """
        with touched (id) as (
            select unnest($1::uuid[])
            union select source_object from association where entry_uuid = any($1::uuid[])
            union select target_object from association where entry_uuid = any($1::uuid[]))

        """

    private static func lockTouched(_ kind: ObjectKind) -> String {
        """
        select entry_uuid from \(kind.table) where entry_uuid in (select id from touched)
        order by entry_uuid for update
        """
    }

    /// An object is of who submitted its first version.
    private static let touchedObjects = """
        select e.entry_uuid, 'DocumentEntry', coalesce(e.submitted_by, s.submitted_by) from document_entry e
        left join submission_set s on s.entry_uuid = e.submission_set where e.entry_uuid in (select id from touched)
        union all
        select f.entry_uuid, 'Folder', coalesce(first.submitted_by, s.submitted_by) from folder f
        left join submission_set s on s.entry_uuid = f.submission_set
        left join folder one on one.logical_id = f.logical_id and one.version = 1
        left join submission_set first on first.entry_uuid = one.submission_set
        where f.entry_uuid in (select id from touched)
        union all
        select entry_uuid, 'SubmissionSet', submitted_by from submission_set
        where entry_uuid in (select id from touched)
        union all
        select a.entry_uuid, 'Association', s.submitted_by from association a
        left join submission_set s on s.entry_uuid = a.submission_set where a.entry_uuid in (select id from touched)
        """

    private static let touchingAssociations = """
        select entry_uuid, source_object, target_object from association
        where source_object in (select id from touched)
        union select entry_uuid, source_object, target_object from association
        where target_object in (select id from touched)
        union select entry_uuid, source_object, target_object from association where entry_uuid = any($1::uuid[])
        """

    private static let touchedPatients = """
        select distinct patient_id from patient where patient_key in (
            select patient_key from document_entry where entry_uuid in (select id from touched)
            union select patient_key from submission_set where entry_uuid in (select id from touched)
            union select patient_key from folder where entry_uuid in (select id from touched))
        """

    // MARK: Deletion

    /// The versions that remain get a latest one before the listed ones go; its status stays as it is.
    private static func deletion(of ids: [UUID]) -> [PostgresQuery] {
        var binds = PostgresBindings(capacity: 1)
        binds.append(ids)
        let statements = [ObjectKind.documentEntry, .folder].map(succession)
        let deletions = ObjectKind.allCases.map { "delete from \($0.table) where entry_uuid = any($1::uuid[])" }
        return (statements + deletions).map { PostgresQuery(unescaped: $0, binds) }
    }

    private static func succession(_ kind: ObjectKind) -> String {
        """
        update \(kind.table) o set latest = true from (
            select logical_id, max(version) as version from \(kind.table)
            where logical_id in (select logical_id from \(kind.table) where entry_uuid = any($1::uuid[]))
                and entry_uuid <> all($1::uuid[])
            group by logical_id) heir
        where o.logical_id = heir.logical_id and o.version = heir.version and not o.latest
        """
    }
}
