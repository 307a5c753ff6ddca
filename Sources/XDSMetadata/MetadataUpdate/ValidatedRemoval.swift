public import FoundationEssentials

/// A removal that leaves no loose ends: the only thing a registry store accepts to remove metadata.
///
/// - Source: RMD supplement, ITI TF-2: 3.62.4.1.3.
public struct ValidatedRemoval: Hashable, Sendable {
    /// entryUUIDs of the objects to remove.
    public let objects: [UUID]

    /// Judges a request.
    ///
    /// - Parameters:
    ///   - state: what the registry knows of the listed objects.
    ///   - mayChange: whether the caller may remove what an organisation submitted.
    /// - Throws: SubmissionRefusal with UnresolvedReferenceException for ids that are not there, and nothing else then;
    ///   otherwise with every LocalPolicyRestrictionError, ReferencesExistException and
    ///   XDSUnreferencedObjectException. Each context has the id of the object.
    public init(
        _ request: RemoveMetadataRequest, against state: RemovalState, mayChange: (String) -> Bool
    ) throws(SubmissionRefusal) {
        let unknown = request.objectIds.filter { id in id.uuid.map { state.objects[$0] == nil } ?? true }
        guard unknown.isEmpty else {
            throw SubmissionRefusal(
                errors: unknown.map { id in
                    ErrorSubject("RegistryObject", id.text).error(.unresolvedReference, "it is not in the registry")
                        .found(by: .registry)
                })
        }
        let listed = request.objectIds.compactMap(\.uuid)
        let removal = Removal(listed: listed, state: state)
        let errors = removal.foreignObjects(mayChange) + removal.referencedObjects + removal.looseObjects
        guard errors.isEmpty else { throw SubmissionRefusal(errors: errors) }
        objects = listed
    }
}

/// The checks of a removal whose objects all exist.
private struct Removal {
    let listed: [UUID]
    let state: RemovalState

    /// Objects of other organisations.
    func foreignObjects(_ mayChange: (String) -> Bool) -> [RegistryError] {
        listed.compactMap { id in
            guard let object = state.objects[id], !mayChange(object.submitter ?? "") else { return nil }
            return error(
                .localPolicyRestriction, id,
                "it was submitted by another organisation, and yours may remove only what it submitted itself")
        }
    }

    /// Listed objects that an Association outside the list touches.
    var referencedObjects: [RegistryError] {
        let isListed = Set(listed)
        var outside: [UUID: UUID] = [:]
        for (id, ends) in state.associations where !isListed.contains(id) {
            for end in [ends.source, ends.target] where isListed.contains(end) {
                // The smallest id, so that the answer does not depend on chance.
                outside[end] = [outside[end], id].compactMap { $0 }.min { $0.uuidString < $1.uuidString }
            }
        }
        return listed.compactMap { id in
            outside[id].map {
                error(.referencesExist, id, "Association \($0.urn) refers to it and is not in the request")
            }
        }
    }

    /// Ends of listed Associations that are not listed and would be left without any Association.
    var looseObjects: [RegistryError] {
        let isListed = Set(listed)
        let kept = Set(
            state.associations.filter { !isListed.contains($0.key) }.flatMap { [$0.value.source, $0.value.target] })
        var seen: Set<UUID> = []
        return listed.compactMap { state.associations[$0] }.flatMap { [$0.source, $0.target] }.compactMap { end in
            guard !isListed.contains(end), !kept.contains(end), state.objects[end] != nil, seen.insert(end).inserted
            else { return nil }
            return error(.unreferencedObject, end, "it would be left without any Association; remove it too")
        }
    }

    private func error(_ code: RegistryErrorCode, _ id: UUID, _ reason: String) -> RegistryError {
        let subject = state.objects[id]?.kind.subject(.uuid(id)) ?? ErrorSubject("RegistryObject", id.urn)
        return subject.error(code, reason).found(by: .registry)
    }
}
