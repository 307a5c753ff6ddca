import FoundationEssentials
import PostgresKit
import XDSMetadata

/// What the rules need to know, read in one round trip inside the transaction that registers.
extension PostgresRegistryStore {
    /// - Parameter statements: what goes in front, in the same round trip.
    func registryState(
        for needs: SubmissionNeeds, in transaction: PostgresTransaction, after statements: [PostgresQuery] = []
    ) async throws -> RegistrationLookup {
        let lookups = Self.lookups(for: needs)
        let results = try await transaction.execute(statements + lookups.map(\.query)).dropFirst(statements.count)

        var found = RegistrationLookup()
        found.registry.patientDomain = patientDomain
        for (lookup, result) in zip(lookups, results) {
            switch lookup.subject {
            case .lock: continue
            case .patients:
                for row in result { found.patients.append(try Self.readPatient(row, into: &found.registry)) }
            case .uniqueIds: for row in result { try Self.readUniqueId(row, into: &found.registry) }
            case .objects: for row in result { try Self.readObject(row, into: &found.registry) }
            case .children:
                for row in result {
                    try found.registry.children[row.decode(UUID.self, column: 0), default: []].append(
                        row.decode(UUID.self, column: 1))
                }
            case .folders:
                for row in result {
                    try found.registry.folders[row.decode(UUID.self, column: 0), default: []].append(
                        row.decode(UUID.self, column: 1))
                }
            }
        }
        return found
    }

    /// What was found in a transaction that registers.
    struct RegistrationLookup {
        /// What the rules ask for.
        var registry = RegistryState()
        /// The patients among it in the order of their keys, in which a statement locks what belongs to them.
        var patients: [PatientID] = []
    }

    /// A statement that locks or looks up what the rules need.
    struct Lookup {
        /// What its rows tell.
        enum Subject {
            /// Nothing; it is there for its locks.
            case lock
            case patients, uniqueIds, objects, children, folders
        }

        let subject: Subject
        let query: PostgresQuery

        init(_ subject: Subject, _ query: PostgresQuery) {
            self.subject = subject
            self.query = query
        }
    }

    /// The statements, in their order. None costs more because the registry has grown; a submission without a
    /// UUID, of an object of its own or of the registry, asks for no object.
    static func lookups(for needs: SubmissionNeeds) -> [Lookup] {
        let uniqueIDs = needs.documentUniqueIds.union(needs.packageUniqueIds).sorted()
        let objectIDs = Array(needs.objectIds)
        let replaced = Array(needs.replacedDocuments)
        let namesObjects = !objectIDs.isEmpty || !replaced.isEmpty
        var lookups = [
            Lookup(.patients, lockedPatients(needs.patientIds.map(\.cx))),
            Lookup(.lock, lock(uniqueIDs)),
        ]
        if namesObjects {
            lookups += [
                Lookup(.lock, lockEntries(objectIDs, replaced: replaced)),
                Lookup(.lock, lockFolders(objectIDs, replaced: replaced)),
                Lookup(.lock, lockAssociations(objectIDs)),
            ]
        }
        lookups.append(
            Lookup(
                .uniqueIds,
                uniqueIds(documents: Array(needs.documentUniqueIds), packages: Array(needs.packageUniqueIds))))
        if namesObjects { lookups.append(Lookup(.objects, objects(objectIDs, replaced: replaced))) }
        if !replaced.isEmpty {
            lookups += [Lookup(.children, children(replaced)), Lookup(.folders, folders(replaced))]
        }
        return lookups
    }

    // MARK: Locks

    /// Keeps submissions of the same uniqueIds apart until one has committed. The order is that of the sorted ids, so two
    /// submissions never wait for each other.
    static func lock(_ uniqueIDs: [String]) -> PostgresQuery {
        "select pg_advisory_xact_lock(hashtextextended(id, 0)) from unnest(\(uniqueIDs)) as unique_id (id)"
    }

    /// Locks the entries that the submission refers to and those it would deprecate, always in the same order.
    ///
    /// One array and no `or`: conditions joined by it, one of them a subquery, would be tried on every row of the table.
    private static func lockEntries(_ ids: [UUID], replaced: [UUID]) -> PostgresQuery {
        """
        with recursive \(unescaped: descendant("$1"))
        select entry_uuid from document_entry
        where entry_uuid = any(array(
            select unnest(\(replaced)::uuid[]) union select unnest(\(ids)::uuid[]) union select child from descendant))
        order by entry_uuid for update
        """
    }

    /// Locks the Folders that gain a document: a new version of one would leave the membership behind, a removal would
    /// leave it without its Folder.
    private static func lockFolders(_ ids: [UUID], replaced: [UUID]) -> PostgresQuery {
        """
        with \(unescaped: holding("$1"))
        select entry_uuid from folder
        where \(replaced)::uuid[] is not null
            and entry_uuid = any(array(select unnest(\(ids)::uuid[]) union select folder from holding))
        order by entry_uuid for no key update
        """
    }

    /// Keeps Associations that the submission refers to from being removed.
    private static func lockAssociations(_ ids: [UUID]) -> PostgresQuery {
        "select entry_uuid from association where entry_uuid = any(\(ids)) order by entry_uuid for key share"
    }

    /// The patients, whose rows are held until the end: a merge waits for this change, or this change for it. They come
    /// before all other locks, because a merge takes the rows of patients first.
    static func lockedPatients(_ patientIDs: [String]) -> PostgresQuery {
        """
        select patient_id, status::text from patient where patient_id = any(\(patientIDs))
        order by patient_key for key share
        """
    }

    /// Makes ids known by their first registration, where the domain has it so. They are forgotten again with a
    /// submission that is refused.
    func admission(of registration: PendingRegistration) -> [PostgresQuery] {
        guard let patientDomain else { return [] }
        let admitted = registration.needs.patientIds.filter(patientDomain.admitsOnFirstUse).sorted { $0.cx < $1.cx }
        guard !admitted.isEmpty else { return [] }
        let origin = PatientRegister.Origin(
            organisation: registration.organisation, transaction: .registerDocumentSet)
        return [PatientRegister.insertion(of: admitted, origin: origin)]
    }

    // MARK: Queries

    /// XFRM and APND children at any depth. `roots` is the parameter with the replaced entries.
    private static func descendant(_ roots: String) -> String {
        let kinds = "in ('\(AssociationType.transform.rawValue)', '\(AssociationType.append.rawValue)')"
        return """
            descendant (parent, child) as (
                select target_object, source_object from association
                where target_object = any(\(roots)) and association_type \(kinds) and status = 'Approved'
                union
                select a.target_object, a.source_object from association a join descendant d on a.target_object = d.child
                where a.association_type \(kinds) and a.status = 'Approved')
            """
    }

    /// The folders that hold replaced entries. `roots` is the parameter with the replaced entries.
    private static func holding(_ roots: String) -> String {
        """
        holding (document, folder) as (
            select a.target_object, f.entry_uuid from association a join folder f on f.entry_uuid = a.source_object
            where a.target_object = any(\(roots)) and a.association_type = '\(AssociationType.hasMember.rawValue)'
            and a.status = 'Approved' and f.status = 'Approved')
        """
    }

    /// What the registry has under the uniqueIds of new documents and packages: for a document hash and size, for what stands in
    /// the way of a package its kind.
    static func uniqueIds(documents: [String], packages: [String]) -> PostgresQuery {
        """
        select unique_id, null, hash, size from document_entry
        where unique_id = any(\(documents)) and latest and object_type = 'Stable'
        union all select unique_id, 'SubmissionSet', null, null from submission_set where unique_id = any(\(packages))
        union all select unique_id, 'Folder', null, null from folder where unique_id = any(\(packages))
        union all select unique_id, 'DocumentEntry', null, null from document_entry where unique_id = any(\(packages))
        """
    }

    private static func children(_ replaced: [UUID]) -> PostgresQuery {
        "with recursive \(unescaped: descendant("$1")) select parent, child from descendant where \(replaced)::uuid[] is not null"
    }

    private static func folders(_ replaced: [UUID]) -> PostgresQuery {
        "with \(unescaped: holding("$1")) select document, folder from holding where \(replaced)::uuid[] is not null"
    }

    /// Kind, status, patient and traits of objects of any kind.
    private static func objects(_ ids: [UUID], replaced: [UUID]) -> PostgresQuery {
        let transformations = [AssociationType.transform, .transformAndReplace].map { "'\($0.rawValue)'" }.joined(
            separator: ", ")
        return """
            with recursive \(unescaped: descendant("$1")), \(unescaped: holding("$1")), wanted (id) as (
                select unnest(\(replaced)::uuid[]) union select unnest(\(ids)::uuid[])
                union select child from descendant union select folder from holding)
            select e.entry_uuid, 'DocumentEntry', e.status::text, p.patient_id, e.object_type::text,
                exists (select from association a where a.source_object = e.entry_uuid and a.status = 'Approved'
                        and a.association_type in (\(unescaped: transformations)))
            from document_entry e join patient p using (patient_key) where e.entry_uuid in (select id from wanted)
            union all
            select s.entry_uuid, 'SubmissionSet', s.status::text, p.patient_id, null, false
            from submission_set s join patient p using (patient_key) where s.entry_uuid in (select id from wanted)
            union all
            select f.entry_uuid, 'Folder', f.status::text, p.patient_id, null, false
            from folder f join patient p using (patient_key) where f.entry_uuid in (select id from wanted)
            union all
            select a.entry_uuid, 'Association', a.status::text, null, null,
                a.association_type = '\(unescaped: AssociationType.hasMember.rawValue)'
                and exists (select from folder f where f.entry_uuid = a.source_object)
                and exists (select from document_entry e where e.entry_uuid = a.target_object)
            from association a where a.entry_uuid in (select id from wanted)
            """
    }

    // MARK: Rows

    @discardableResult
    static func readPatient(_ row: PostgresRow, into state: inout RegistryState) throws -> PatientID {
        let patient = try PatientID(parsing: row.decode(String.self, column: 0))
        state.patients[patient] = try row.decode(String.self, column: 1) == "active" ? .active : .subsumed
        return patient
    }

    static func readUniqueId(_ row: PostgresRow, into state: inout RegistryState) throws {
        let uniqueId = try row.decode(String.self, column: 0)
        if let kind = try row.decode(String?.self, column: 1) {
            state.usedUniqueIds[uniqueId] = ObjectKind(rawValue: kind)
        } else if let hash = SHA1Digest(bytes: try row.decode([UInt8].self, column: 2)) {
            let document = RegistryState.KnownDocument(hash: hash, size: try row.decode(Int64.self, column: 3))
            state.documents[uniqueId, default: []].append(document)
        }
    }

    private static func readObject(_ row: PostgresRow, into state: inout RegistryState) throws {
        guard let kind = try ObjectKind(rawValue: row.decode(String.self, column: 1)) else { return }
        let hasTrait = try row.decode(Bool.self, column: 5)
        let trait: RegistryState.KnownObject.Trait = kind == .association ? .folderMembership : .transformation
        state.objects[try row.decode(UUID.self, column: 0)] = RegistryState.KnownObject(
            kind: kind, status: AvailabilityStatus(label: try row.decode(String.self, column: 2)),
            patientId: try row.decode(String?.self, column: 3).map { try PatientID(parsing: $0) },
            documentType: try row.decode(String?.self, column: 4).map { DocumentEntryType(label: $0) },
            traits: hasTrait ? [trait] : [])
    }
}
