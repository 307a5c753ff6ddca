/// The object at one end of an Association, wherever it was found.
struct AssociationEnd: Sendable {
    /// Where it was found.
    enum Origin: Hashable, Sendable {
        case submission
        case registry
    }

    let origin: Origin
    /// nil for a package that is neither SubmissionSet nor Folder.
    let kind: ObjectKind?
    let status: AvailabilityStatus
    let documentType: DocumentEntryType?
    /// Whether it is a HasMember from a Folder to a DocumentEntry.
    let isFolderMembership: Bool
}

extension UnverifiedSubmission {
    /// Finds the object of a reference: in the submission first, then in the registry.
    func end(_ id: EntryUUID, in state: RegistryState) -> AssociationEnd? {
        if let submitted = index[id] { return end(submitted, in: state) }
        guard let uuid = id.uuid, let known = state.objects[uuid] else { return nil }
        return AssociationEnd(
            origin: .registry, kind: known.kind, status: known.status,
            documentType: known.documentType, isFolderMembership: known.traits.contains(.folderMembership)
        )
    }

    private func end(_ submitted: SubmittedObject, in state: RegistryState) -> AssociationEnd {
        var isFolderMembership = false
        if case .association(let association) = submitted {
            isFolderMembership = self.isFolderMembership(association, in: state)
        }
        return AssociationEnd(
            origin: .submission, kind: submitted.kind, status: .approved,
            documentType: submitted.object.objectType.flatMap(DocumentEntryType.init(rawValue:)),
            isFolderMembership: isFolderMembership
        )
    }

    /// Whose the object of a reference is; nil if it has no patientId that can be read.
    func patientId(of id: EntryUUID, in state: RegistryState) -> PatientID? {
        index[id].map(\.patientId) ?? id.uuid.flatMap { state.objects[$0]?.patientId }
    }

    /// Whether an Association of the submission is a HasMember that starts at a Folder.
    func isFolderMembership(_ association: EbRIMAssociation, in state: RegistryState) -> Bool {
        guard association.type == .hasMember else { return false }
        if let submitted = index[association.source] { return submitted.kind == .folder }
        return association.source.uuid.flatMap { state.objects[$0] }?.kind == .folder
    }
}
