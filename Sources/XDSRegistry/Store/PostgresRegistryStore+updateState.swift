import FoundationEssentials
import NIOCore
import PostgresKit
import XDSMetadata
import XMLKit

/// What the rules of an update need to know, read in one round trip inside the transaction that updates.
///
/// Whoever adds, copies, deprecates or removes an Association holds the locks of the DocumentEntries and Folders at its
/// ends, taken table by table in the order of the ids. So two updates of linked objects see each other's copies.
extension PostgresRegistryStore {
    func updateState(for needs: UpdateNeeds, in transaction: PostgresTransaction) async throws -> UpdateState {
        let names = needs.packageUniqueIds.union(needs.logicalIDs.map(\.urn)).union(needs.documentUniqueIds)
        let scope = Scope(needs)
        let results = try await transaction.execute([
            Self.lockedPatients(needs.patientIds.map(\.cx)),
            Self.lock(names.sorted()),
            scope.statement(Self.lockWanted(.documentEntry)),
            scope.statement(Self.lockWanted(.folder)),
            scope.statement(Self.lockLinked),
            Self.uniqueIds(documents: [], packages: Array(needs.packageUniqueIds)),
            scope.statement(Self.objects),
        ])
        var state = UpdateState()
        state.registry.patientDomain = patientDomain
        for row in results[0] { try Self.readPatient(row, into: &state.registry) }
        for row in results[5] { try Self.readUniqueId(row, into: &state.registry) }
        let contents = try Self.contents(in: results[6])
        for row in results[6] {
            if let object = try Self.updateObject(row, contents: contents) { state.add(object) }
        }
        return state
    }

    // MARK: Scope

    /// What an update names, as parameters of the statements below.
    private struct Scope {
        private let binds: PostgresBindings

        init(_ needs: UpdateNeeds) {
            var binds = PostgresBindings(capacity: 3)
            binds.append(Array(needs.objectIds))
            binds.append(Array(needs.logicalIDs))
            binds.append(Array(needs.documentUniqueIds))
            self.binds = binds
        }

        /// A statement over `named` (objects the update names and latest versions it replaces), `linked` (Approved
        /// Associations that touch them, and named ones) and `wanted` (named objects and the ends of linked ones).
        func statement(_ text: String) -> PostgresQuery { PostgresQuery(unescaped: Self.with + text, binds) }

        private static let with = """
            with named (id) as (
                select entry_uuid from document_entry
                where entry_uuid = any($1::uuid[])
                    or latest and (logical_id = any($2::uuid[]) or unique_id = any($3::text[]))
                union all
                select entry_uuid from folder
                where entry_uuid = any($1::uuid[]) or latest and logical_id = any($2::uuid[])),
            linked (id, source, target) as (
                select entry_uuid, source_object, target_object from association
                where status = 'Approved' and source_object in (select id from named)
                union select entry_uuid, source_object, target_object from association
                where status = 'Approved' and target_object in (select id from named)
                union select entry_uuid, source_object, target_object from association
                where entry_uuid = any($1::uuid[])),
            wanted (id) as (
                select id from named union select source from linked union select target from linked)

            """
    }

    // MARK: Statements

    private static func lockWanted(_ kind: ObjectKind) -> String {
        """
        select entry_uuid from \(kind.table) where entry_uuid in (select id from wanted) order by entry_uuid for update
        """
    }

    private static let lockLinked = """
        select entry_uuid from association where entry_uuid in (select id from linked) order by entry_uuid for update
        """

    /// An object is of who submitted its first version. Metadata comes with the named objects and with Associations; of
    /// other ends, kind, patient and status are enough.
    private static let objects = """
        select e.entry_uuid, 'DocumentEntry', e.status::text, p.patient_id, e.logical_id, e.version,
            e.latest, coalesce(e.submitted_by, s.submitted_by),
            case when e.entry_uuid in (select id from named) then e.fragment end
        from document_entry e join patient p on p.patient_key = e.patient_key
            left join submission_set s on s.entry_uuid = e.submission_set
        where e.entry_uuid in (select id from wanted)
        union all
        select f.entry_uuid, 'Folder', f.status::text, p.patient_id, f.logical_id, f.version, f.latest,
            coalesce(first.submitted_by, s.submitted_by),
            case when f.entry_uuid in (select id from named) then f.fragment end
        from folder f join patient p on p.patient_key = f.patient_key
            left join submission_set s on s.entry_uuid = f.submission_set
            left join folder one on one.logical_id = f.logical_id and one.version = 1
            left join submission_set first on first.entry_uuid = one.submission_set
        where f.entry_uuid in (select id from wanted)
        union all
        select s.entry_uuid, 'SubmissionSet', s.status::text, p.patient_id, null, null, null, s.submitted_by,
            null
        from submission_set s join patient p on p.patient_key = s.patient_key
        where s.entry_uuid in (select unnest($1::uuid[]) union select id from wanted)
        union all
        select a.entry_uuid, 'Association', a.status::text, null, null, null, null, s.submitted_by, a.fragment
        from association a left join submission_set s on s.entry_uuid = a.submission_set
        where a.entry_uuid in (select id from linked)
        """

    // MARK: Rows

    /// What we wrote ourselves is not limited as a message is: a Folder may hold very many documents.
    private static let storedLimits = XMLParserLimits(totalBytes: 1 << 30, elements: 64_000_000)

    /// The fragments of a result, read back, by id.
    private static func contents(in result: PostgresResult) throws -> [UUID: SubmittedObject] {
        var fragments = ByteBuffer()
        for row in result {
            row.withBytes(column: 8) { bytes in
                if let bytes { fragments.writeBytes(bytes) }
            }
        }
        var message = ByteBuffer()
        for piece in AdhocQueryResponse.success([fragments]) { message.writeImmutableBuffer(piece) }
        let objects = try AdhocQueryResponse.decode(XMLDocument(parsing: message, limits: storedLimits).root).objects
        var contents: [UUID: SubmittedObject] = [:]
        for entry in objects.extrinsicObjects {
            if let id = entry.entryUUID.uuid { contents[id] = .documentEntry(entry) }
        }
        for package in objects.packages {
            if let id = package.entryUUID.uuid { contents[id] = .package(package) }
        }
        for association in objects.associations {
            if let id = association.entryUUID.uuid { contents[id] = .association(association) }
        }
        return contents
    }

    private static func updateObject(_ row: PostgresRow, contents: [UUID: SubmittedObject]) throws -> UpdateObject? {
        guard let kind = try ObjectKind(rawValue: row.decode(String.self, column: 1)) else { return nil }
        let id = try row.decode(UUID.self, column: 0)
        var version: UpdateObject.Version?
        if let logicalID = try row.decode(UUID?.self, column: 4) {
            version = try UpdateObject.Version(
                logicalID: logicalID, number: Int(row.decode(Int32.self, column: 5)),
                isLatest: row.decode(Bool.self, column: 6))
        }
        return try UpdateObject(
            id: id, kind: kind, status: AvailabilityStatus(label: row.decode(String.self, column: 2)),
            patientId: row.decode(String?.self, column: 3).map { try PatientID(parsing: $0) }, version: version,
            submitter: row.decode(String?.self, column: 7), content: contents[id])
    }
}
