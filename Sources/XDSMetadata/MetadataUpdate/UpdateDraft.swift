import FoundationEssentials

/// The registry as it will be: starts as the state that was read, and takes in the triggers one after another, so that
/// each is judged against what those before it have done.
///
/// - Source: Metadata Update supplement, ITI TF-2: 3.57.4.1.3 (triggers are processed in the order of their table).
struct UpdateDraft {
    /// A new version and what it replaces.
    struct NewVersion {
        let update: VersionUpdate
        let id: UUID
        let previous: UpdateObject
    }

    let update: UnverifiedUpdate
    let transaction: UpdateTransaction
    /// Whether the caller may change what an organisation submitted.
    let mayChange: (String) -> Bool
    /// Objects of the registry, changed by the triggers so far, and objects of the request that have been taken in.
    private(set) var objects: [UUID: UpdateObject]
    /// New versions in the order they were taken in.
    private(set) var versions: [NewVersion] = []
    /// Copies of Associations that follow new versions, in the order of their making.
    private(set) var copies: [UUID] = []
    /// Folders that gain a document.
    private(set) var gainingFolders: [UUID] = []

    private let original: [UUID: UpdateObject]
    private var latest: [UUID: UUID] = [:]
    private let ids: [EntryUUID: UUID]
    private let makeUUID: () -> UUID

    init(
        _ update: UnverifiedUpdate, by transaction: UpdateTransaction, against state: UpdateState,
        mayChange: @escaping (String) -> Bool, makeUUID: @escaping () -> UUID
    ) {
        self.update = update
        self.transaction = transaction
        self.mayChange = mayChange
        self.makeUUID = makeUUID
        original = state.objects
        objects = state.objects
        for object in objects.values {
            if let version = object.version, version.isLatest { latest[version.logicalID] = object.id }
        }
        var ids: [EntryUUID: UUID] = [:]
        for object in update.submission.allObjects where ids[object.entryUUID] == nil {
            ids[object.entryUUID] = object.entryUUID.uuid ?? makeUUID()
        }
        self.ids = ids
    }

    // MARK: Looking up

    /// The UUID of a reference: that of an object of the request, or the one it names.
    func uuid(of id: EntryUUID) -> UUID? { ids[id] ?? id.uuid }

    /// The object of a reference, if it is registered by now.
    func object(_ id: EntryUUID) -> UpdateObject? { uuid(of: id).flatMap { objects[$0] } }

    /// Whether a reference names a new version of the request. If it was refused, that has been told already.
    func isNewVersion(_ id: EntryUUID) -> Bool {
        update.triggers.contains { $0.versionUpdate?.id == id }
    }

    /// Whether an object came with the request.
    func isOfRequest(_ object: UpdateObject) -> Bool { original[object.id] == nil }

    /// The latest version of what a new version updates: by its lid, or in ITI-92 without lid by its uniqueId.
    func current(for update: VersionUpdate) -> UpdateObject? {
        if let logicalID = update.logicalID {
            guard let id = logicalID.uuid.flatMap({ latest[$0] }), let found = objects[id], found.kind == update.kind
            else { return nil }
            return found
        }
        guard transaction == .restrictedUpdateDocumentSet, let uniqueId = update.object.uniqueId else { return nil }
        let found = latest.values.compactMap { objects[$0] }.filter {
            $0.kind == update.kind && $0.content?.uniqueId == uniqueId
        }
        return found.count == 1 ? found.first : nil
    }

    /// Whether an Association may be changed and follows new versions: membership in a Folder or a relationship.
    func isChangeable(_ association: EbRIMAssociation) -> Bool {
        guard let type = association.type else { return false }
        return type.isRelationship || (type == .hasMember && object(association.source)?.kind == .folder)
    }

    /// Whether two objects are linked by an Approved Association, in either direction.
    func areLinked(_ one: UUID, _ other: UUID) -> Bool {
        objects.values.contains { object in
            guard object.status == .approved, let association = object.association,
                let source = uuid(of: association.source), let target = uuid(of: association.target)
            else { return false }
            return (source, target) == (one, other) || (source, target) == (other, one)
        }
    }

    // MARK: Taking in

    /// Takes in a trigger that passed the rules.
    mutating func take(_ trigger: UpdateTrigger) {
        switch trigger {
        case .documentEntry(let update), .folder(let update): take(update)
        case .status(let change): take(change)
        case .association(let submission): take(submission)
        }
    }

    private mutating func take(_ update: VersionUpdate) {
        guard let id = ids[update.id], let previous = current(for: update), let version = previous.version else {
            return
        }
        // A deprecated DocumentEntry stays so in ITI-92; ITI-57 does not update it.
        objects[id] = UpdateObject(
            id: id, kind: update.kind, status: previous.status, patientId: update.object.patientId,
            version: .init(logicalID: version.logicalID, number: version.number + 1, isLatest: true),
            submitter: nil, content: update.object)
        objects[previous.id]?.status = .deprecated
        objects[previous.id]?.version?.isLatest = false
        latest[version.logicalID] = id
        versions.append(NewVersion(update: update, id: id, previous: previous))
        if update.propagates { propagate(from: previous.id, to: id) }
    }

    private mutating func take(_ change: StatusChange) {
        guard let status = change.status(SlotName.newStatus), let id = uuid(of: change.association.target) else {
            return
        }
        objects[id]?.status = status
    }

    private mutating func take(_ submission: AssociationSubmission) {
        guard let association = submission.association, let id = ids[association.entryUUID] else { return }
        objects[id] = UpdateObject(
            id: id, kind: .association, status: .approved, content: .association(association))
        if association.type == .hasMember, let folder = uuid(of: association.source) { gainingFolders.append(folder) }
    }

    /// Associations that touch the old version get an Approved copy with the new version at that end, and are
    /// Deprecated. One that this update made is moved instead: nobody has seen it at the old version.
    private mutating func propagate(from old: UUID, to new: UUID) {
        let touching = objects.values.filter { object in
            guard object.status == .approved, let association = object.association, isChangeable(association) else {
                return false
            }
            return uuid(of: association.source) == old || uuid(of: association.target) == old
        }
        for object in touching.sorted(by: { $0.id.uuidString < $1.id.uuidString }) {
            guard var association = object.association else { continue }
            if uuid(of: association.source) == old { association.sourceObject = new.urn }
            if uuid(of: association.target) == old { association.targetObject = new.urn }
            if original[object.id] == nil {
                objects[object.id]?.content = .association(association)
                continue
            }
            let id = makeUUID()
            association.object.id = id.urn
            objects[id] = UpdateObject(
                id: id, kind: .association, status: .approved, content: .association(association))
            objects[object.id]?.status = .deprecated
            copies.append(id)
        }
    }

    // MARK: Results

    /// Registered objects that the update changes, in a stable order.
    var changes: [ValidatedUpdate.Change] {
        original.values.sorted { $0.id.uuidString < $1.id.uuidString }.compactMap { before in
            guard let after = objects[before.id], after != before else { return nil }
            return ValidatedUpdate.Change(
                id: before.id, kind: before.kind, from: before.status, to: after.status,
                isSuperseded: before.version?.isLatest == true && after.version?.isLatest == false)
        }
    }

    /// Associations that are Approved after the update and were not before: copies, submitted ones, reactivated ones.
    var newlyApproved: [UpdateObject] {
        objects.values.filter { object in
            object.kind == .association && object.status == .approved && original[object.id]?.status != .approved
        }.sorted { $0.id.uuidString < $1.id.uuidString }
    }
}
