import FoundationEssentials

/// What registering a submission does to objects that are in the registry already.
///
/// - Source: ITI TF-2: 3.42.4.1.3.3 (RPLC) and 3.42.4.1.3.4 (Folders).
struct ReplacementEffects: Hashable, Sendable {
    /// DocumentEntries that become Deprecated, each once.
    private(set) var deprecated: [UUID] = []
    /// Folders that gain a document, each once.
    private(set) var updatedFolders: [UUID] = []
    /// Memberships that follow from replacing a document that is in a Folder.
    private(set) var inherited: [Membership] = []

    /// A document that joins a Folder.
    struct Membership: Hashable, Sendable {
        let folder: UUID
        let document: EntryUUID
    }

    /// Works out the effects of a submission that passed the rules.
    init(of submission: UnverifiedSubmission, against state: RegistryState) {
        var explicit: Set<Membership> = []
        for association in submission.associations where submission.isFolderMembership(association, in: state) {
            guard submission.index[association.source] == nil, let folder = association.source.uuid else { continue }
            explicit.insert(Membership(folder: folder, document: association.target))
            update(folder)
        }
        for association in submission.associations where association.type?.replacesTarget == true {
            guard let target = association.target.uuid else { continue }
            deprecate(target, in: state)
            for folder in state.folders[target] ?? [] {
                let membership = Membership(folder: folder, document: association.source)
                update(folder)
                if explicit.insert(membership).inserted { inherited.append(membership) }
            }
        }
    }

    /// The target, then its XFRM and APND children at any depth.
    private mutating func deprecate(_ target: UUID, in state: RegistryState) {
        var pending = [target]
        while let next = pending.popLast() {
            if deprecated.contains(next) { continue }
            if state.objects[next]?.status != .deprecated { deprecated.append(next) }
            pending += (state.children[next] ?? []).filter { !deprecated.contains($0) && $0 != next }
        }
    }

    private mutating func update(_ folder: UUID) {
        if !updatedFolders.contains(folder) { updatedFolders.append(folder) }
    }
}
